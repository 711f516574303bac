import { classFieldFault, classFields } from "../elements/class-fields";
import type { Class } from "../metadata/class-types";
import { defaultOf, isFleeting } from "../schema/field-default";
import type { Shape } from "../schema/shape";
import type { Schema } from "../schema/zod-tree";
import type { Report } from "./domain-problem";

const IN_AN_EVENT = "carry the value in an event";

/** Returns the shape that a class was made from, if there is one. */
export function shapeOf(type: Class): Shape | undefined {
  return (type as { readonly shape?: Shape }).shape;
}

/**
 * Reports the fields that a class of events, commands, value objects or entities has besides its shape.
 * @param written how its class gets a shape: `Entity({…})`.
 */
export function checkClassFields(type: Class, written: string, report: Report): void {
  for (const field of classFields(type)) report(classFieldFault(type, field, written), type.name);
}

/** Reports the fields of an aggregate that its shape does not declare, and those whose default a class field overwrites. */
export function checkStateFields(type: Class & { readonly shape: Shape }, instance: object, report: Report): void {
  const { fields } = type.shape;
  for (const [key, value] of Object.entries(instance)) {
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    const isLost = field !== undefined && value === undefined && defaultIn(type, key, field as Schema) !== undefined;
    if (field === undefined || isLost) report(classFieldFault(type, key, "Aggregate({…})"), type.name);
  }
}

/**
 * Reports the fields of an aggregate, or of a part of one, whose default differs each time, such as the time of day or a random id:
 * two replays of the same events would give two states, and all new aggregates of a process would have the same default.
 *
 * @param advice what to do instead: the end of the sentence.
 */
export function checkDefaults(
  type: Class,
  { fields }: Shape,
  keys: readonly string[],
  report: Report,
  advice = IN_AN_EVENT,
): void {
  const { name } = type;
  for (const key of keys) {
    if (!isFleeting(() => defaultIn(type, key, fields[key] as Schema))) continue;
    report(`${name} has a default for "${key}" that differs each time; ${advice}`, name);
  }
}

/**
 * Reports the fields that an initialiser or the constructor of an aggregate sets to another value each time.
 * @param make constructs the aggregate.
 * @param advice as for `checkDefaults`.
 */
export function checkInitialisers(
  type: Class,
  { fields }: Shape,
  make: () => object,
  report: Report,
  advice = IN_AN_EVENT,
): void {
  const { name } = type;
  for (const [key, field] of Object.entries(fields)) {
    if (isFleeting(() => defaultIn(type, key, field as Schema))) continue;
    if (!isFleeting(() => (make() as Record<string, unknown>)[key])) continue;
    report(`${name} sets "${key}" to a value that differs each time it is made; ${advice}`, name);
  }
}

function defaultIn({ name }: Class, key: string, field: Schema): unknown {
  return defaultOf(field, `field ${JSON.stringify(key)} of ${name}`);
}
