/**
 * Returns an object whose enumerable members are all its own: the object itself, or a copy where its prototype has enumerable
 * members, such as methods that `Object.assign(Order.prototype, mixin)` put there. zod would take them for fields.
 */
export function ownMembers<T extends object>(value: T): T {
  for (const _ in Object.getPrototypeOf(value)) return { ...value };
  return value;
}
