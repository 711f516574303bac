/**
 * Returns a value whose enumerable members are all its own: the value itself, or a copy where its prototype has enumerable
 * members, such as methods that `Object.assign(Order.prototype, mixin)` put there. zod would take them for fields.
 */
export function ownMembers<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  for (const _ in Object.getPrototypeOf(value)) return { ...value };
  return value;
}
