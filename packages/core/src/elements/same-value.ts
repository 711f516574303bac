import { type Decimal, isDecimal } from "../schema/exact-decimal";

/** Whether two values of a shape are equal: by content at any depth, 0 and -0 alike, absent and undefined alike. */
export function sameValue(one: unknown, other: unknown): boolean {
  if (one === other || (Number.isNaN(one) && Number.isNaN(other))) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (isDecimal(one)) return isDecimal(other) && (one as Decimal).equals(other);
  if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return false;
  if (one instanceof Date) return one.getTime() === (other as Date).getTime();
  const [ours, others] = [one as Record<string, unknown>, other as Record<string, unknown>];
  return [...new Set([...Object.keys(ours), ...Object.keys(others)])].every((key) => sameValue(ours[key], others[key]));
}
