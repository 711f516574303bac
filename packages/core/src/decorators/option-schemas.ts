import { z } from "zod";

import { LARGEST_VERSION } from "../schema/largest-version";
import type { SnapshotOptions } from "../snapshots/strategies/snapshot-options";

/** A letter or `_` first, then letters, digits and `_`, at least one of them no `_`. */
const NAME = /^(?!_+$)[\p{L}_][\p{L}\p{N}_]*$/u;

const NAME_FAULT = "must be letters, digits and _, such as DepositMade";

/** The name of an element, which becomes a part of stored type names and stream names. */
export const elementName = z.string(NAME_FAULT).regex(NAME, NAME_FAULT);

const NAMES_FAULT = 'must be a list of names, such as ["DepositMade"]';

/** Names of elements. */
export const elementNames = z.array(z.string(NAMES_FAULT).regex(NAME, NAMES_FAULT), NAMES_FAULT);

const TYPES_FAULT = 'must be a list of names or stored types, such as ["DepositMade"]';

/** Names of events, or stored types in full. */
export const storedTypes = z.array(text(TYPES_FAULT), TYPES_FAULT);

/** A class or its name. @param noun what it refers to, with its article: `an event`. */
export function reference(noun: string): z.ZodType {
  return z.custom(isReference, `must be ${noun} class or its name`);
}

/** A class, its name, or a list of such. @param noun what they refer to, without article. */
export function references(noun: string): z.ZodType {
  const areReferences = (value: unknown) =>
    Array.isArray(value) ? value.length > 0 && value.every(isReference) : isReference(value);
  return z.custom(areReferences, `must be ${noun} classes or their names`);
}

/** A whole number. @param atMost where a store could not keep every safe integer. */
export function wholeNumber(atLeast: number, atMost: number = Number.MAX_SAFE_INTEGER): z.ZodType {
  const fault = `must be a whole number of at least ${atLeast}`;
  return z.int(fault).min(atLeast, fault).max(atMost, `must be at most ${atMost}`);
}

/** The version of an aggregate's state, which stands in every snapshot. */
export function schemaVersion(): z.ZodType {
  return wholeNumber(1, LARGEST_VERSION);
}

/** A text that is not empty. @param fault the message for anything else. */
export function text(fault: string): z.ZodType {
  return z.string(fault).min(1, fault);
}

const OCCASIONS_FAULT = 'must be a list of "save" and "load"';

/** What an aggregate class says about its snapshots. */
export const snapshotOptions = z.strictObject(
  {
    threshold: wholeNumber(0).optional(),
    when: z.custom((value) => typeof value === "function", "must be a strategy, such as every(100)").optional(),
    mode: z.enum(["sync", "background", "manual"], 'must be "sync" or "background" or "manual"').optional(),
    on: z.array(z.enum(["save", "load"], OCCASIONS_FAULT), OCCASIONS_FAULT).optional(),
    keep: wholeNumber(1).optional(),
    minEvents: wholeNumber(0).optional(),
  } satisfies Readonly<Record<keyof SnapshotOptions, z.ZodType>>,
  "must be an object, such as { threshold: 100 }",
);

function isReference(value: unknown): boolean {
  return typeof value === "function" || (typeof value === "string" && value !== "");
}
