import { defaultOf, isFleeting } from "../schema/field-default";
import type { Shape } from "../schema/shape";
import type { Schema } from "../schema/zod-tree";

/**
 * Fields of an aggregate, or of a part of one, whose default is another one each time (the time of day, a random id): two replays of the
 * same events would then give two states.
 */
export function clockDefaults({ fields, keys }: Pick<Shape, "fields" | "keys">): string[] {
  return keys
    .filter((key) => isFleeting(() => defaultOf(fields[key] as Schema)))
    .map((key) => `has a default for "${key}" that is another one each time; carry the value in an event`);
}
