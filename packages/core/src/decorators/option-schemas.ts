import { z } from "zod";

import { durationMs } from "../config/duration";
import { FAILURE_POLICIES } from "../config/failure-policy";
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

const SUBSCRIPTION_NAME = /^[\p{L}_][\p{L}\p{N}_-]*$/u;

const SUBSCRIPTION_NAME_FAULT = 'must be letters, digits, _ and -, such as "welcome-mail"';

/** The name of a subscription, by which its checkpoints are found. */
export const subscriptionName = z.string(SUBSCRIPTION_NAME_FAULT).regex(SUBSCRIPTION_NAME, SUBSCRIPTION_NAME_FAULT);

const LANE_FAULT = 'must be letters, digits, _ and -, such as "mail"';

/** The name of a lane, as domain.toml writes it. */
export const laneName = z.string(LANE_FAULT).regex(SUBSCRIPTION_NAME, LANE_FAULT);

const START_FAULT = 'must be "beginning", "now" or a global position, such as 0';

/** Where a new subscription starts. */
export const startFrom = z.union(
  [z.enum(["beginning", "now"]), z.int().min(0).max(Number.MAX_SAFE_INTEGER)],
  START_FAULT,
);

/** What the events of an event handler are kept in order by. */
export const sequentialBy = z.custom(
  (value) => (typeof value === "string" && value !== "") || typeof value === "function",
  'must be the name of a field, "all" or a function that gives the key',
);

/** A length of time as domain.toml writes it. */
export const duration = durationMs;

/** What becomes of an event that has failed for good. */
export const failurePolicy = z.enum(FAILURE_POLICIES, 'must be "park", "halt" or "skip"');

/** The same where no key can be set aside. */
export const haltOrSkip = z.enum(["halt", "skip"], 'must be "halt" or "skip": an SQL projector cannot set keys aside');

/** How a failed event is tried again. */
export const retryOptions = z.strictObject(
  { attempts: wholeNumber(0).optional(), first: duration.optional(), max: duration.optional() },
  "must be an object, such as { attempts: 5 }",
);

const FIELDS_FAULT = 'must be a list of fields, such as ["balance"]';

/** Names of fields. */
export const fieldNames = z.array(text(FIELDS_FAULT), FIELDS_FAULT).min(1, FIELDS_FAULT);

const INDEXES_FAULT =
  'must be a list of lists of fields, such as [["status", "balance"]], or of { fields: ["email"], unique: true }';

/** The indexes of a table. */
export const indexes = z.array(
  z.union(
    [
      z.array(z.string().min(1)).min(1),
      z.strictObject({ fields: z.array(z.string().min(1)).min(1), unique: z.boolean().optional() }),
    ],
    INDEXES_FAULT,
  ),
  INDEXES_FAULT,
);

const TABLES_FAULT = 'must be a list of names of tables, such as ["daily_volume"]';

/** Names of tables, at least one. */
export const tableNames = z.array(text(TABLES_FAULT), TABLES_FAULT).min(1, TABLES_FAULT);

function isReference(value: unknown): boolean {
  return typeof value === "function" || (typeof value === "string" && value !== "");
}
