import { safeParse, type z } from "zod";

import type { Shape } from "../schema/shape";

/** A default this close to the time of its reading was read off the clock. */
const CLOSE_MS = 10_000;

/**
 * Fields of an aggregate whose default is another one each time (the time of day, a random id): two replays of the
 * same events would then give two states.
 */
export function clockDefaults({ fields, keys }: Shape): string[] {
  return keys
    .filter((key) => changes(fields[key] as z.core.$ZodType))
    .map((key) => `has a default for "${key}" that is another one each time; carry the value in an event`);
}

function changes(field: z.core.$ZodType): boolean {
  const [first, second] = [safeParse(field, undefined).data, safeParse(field, undefined).data];
  if (first instanceof Date) return Math.abs(first.getTime() - Date.now()) < CLOSE_MS;
  if (typeof first === "number") return !Object.is(first, second) || Math.abs(first - Date.now()) < CLOSE_MS;
  return typeof first === "string" && first !== second;
}
