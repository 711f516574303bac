import type { Class } from "../metadata/class-types";
import { defaultOf, isFleeting } from "../schema/field-default";
import type { Shape } from "../schema/shape";
import type { Schema } from "../schema/zod-tree";
import type { Report } from "./domain-problem";

/** Returns the shape that a class was made from, if there is one. */
export function shapeOf(type: Class): Shape | undefined {
  return (type as { readonly shape?: Shape }).shape;
}

/**
 * Reports the fields of an instance that the shape of its class does not declare.
 * @param extend how its class gets a shape: `Aggregate({…})`.
 */
export function checkStrayFields(
  { name }: Class,
  instance: object,
  declared: readonly string[],
  extend: string,
  report: Report,
): void {
  for (const key of Object.keys(instance)) {
    if (declared.includes(key)) continue;
    report(`${name} has the field "${key}" outside of its shape, so it is never stored; declare it in ${extend}`, name);
  }
}

/**
 * Reports the fields of an aggregate, or of a part of one, whose default differs each time, such as the time of day or a random id:
 * two replays of the same events would give two states.
 */
export function checkDefaults({ name }: Class, { fields }: Shape, keys: readonly string[], report: Report): void {
  for (const key of keys) {
    if (!isFleeting(() => defaultOf(fields[key] as Schema))) continue;
    report(`${name} has a default for "${key}" that differs each time; carry the value in an event`, name);
  }
}

/**
 * Reports the fields that an initialiser or the constructor of an aggregate sets to another value each time.
 * @param make constructs the aggregate.
 */
export function checkInitialisers({ name }: Class, { fields }: Shape, make: () => object, report: Report): void {
  for (const [key, field] of Object.entries(fields)) {
    if (isFleeting(() => defaultOf(field as Schema)) || !isFleeting(() => (make() as Record<string, unknown>)[key]))
      continue;
    report(`${name} sets "${key}" to a value that differs each time it is made; carry the value in an event`, name);
  }
}
