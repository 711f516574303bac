import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { exactJson } from "../schema/exact-json";
import type { Shape } from "../schema/shape";
import { nameAndId } from "../wording/in-words";
import type { AggregateLife } from "./aggregate-life";

/**
 * Whether changes inside of lists, objects, dates and entities are looked for, which takes as long as storing them. In production an
 * application pays nothing for it: what such a change does there is gone after the next load, and is in no event, snapshot or fact. Of an
 * aggregate that is stored as its state such a change is stored when it is added; only one that was not added goes unnoticed there.
 */
const isWatching = process.env.NODE_ENV !== "production" && process.env.DOMAIN_ENV !== "production";

/** The stored form of the nested values of each aggregate as they were when other code than an `@apply` method first read them. */
const notes = new WeakMap<AggregateLife, Map<number, string>>();

/** Notes a nested value before code outside of a fold has it in hand. @param index the place of its field among the shape's keys. */
export function noteRead(life: AggregateLife, index: number, shape: Shape): void {
  if (!isWatching) return;
  const ofLife = notes.get(life) ?? new Map<number, string>();
  if (ofLife.has(index)) return;
  const text = storedForm(life, index, shape);
  if (text === undefined) return;
  notes.set(life, ofLife.set(index, text));
}

/** Notes the values again that were noted, after a fold that may have changed them: other code still has them in hand. */
export function noteAgain(life: AggregateLife, shape: Shape): void {
  const ofLife = notes.get(life);
  if (ofLife === undefined) return;
  for (const index of [...ofLife.keys()]) {
    ofLife.delete(index);
    noteRead(life, index, shape);
  }
}

/**
 * Looks for nested values that were changed outside of a fold.
 *
 * @throws IncorrectUsageError naming the field.
 */
export function checkNested(aggregate: { readonly id: string }, life: AggregateLife, shape: Shape): void {
  const field = changedField(life, shape);
  if (field === undefined) return;
  const details = { aggregate: aggregate.constructor.name, id: life.id, field };
  throw new IncorrectUsageError(
    `A value in ${field} of ${nameAndId(aggregate)} was changed outside of @apply, so no event tells of it; raise an event`,
    details,
  );
}

/** Returns the first field of which a nested value differs from what was noted. Finds none in production. */
export function changedField(life: AggregateLife, shape: Shape): string | undefined {
  for (const [index, noted] of notes.get(life) ?? [])
    if (storedForm(life, index, shape) !== noted) return shape.keys[index] as string;
  return undefined;
}

/** @returns undefined for a value that cannot be stored, as a former release may have accepted one. */
function storedForm(life: AggregateLife, index: number, shape: Shape): string | undefined {
  const key = shape.keys[index] as string;
  try {
    return exactJson(shape.encode({ [key]: life.state[index] }));
  } catch {
    return undefined;
  }
}
