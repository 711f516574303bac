import { z } from "zod";

import { durationMs } from "./duration";

/**
 * Every setting of domain.toml, in the file's own keys: the one place to add another.
 *
 * A message that begins with `must` is completed with what was found. Defaults stand in domain-config.ts: here
 * an absent key is absent, so that an overlay overrides only what it names.
 */
const wholeNumber = (atLeast: number) => {
  const error = `must be a whole number of at least ${atLeast}`;
  return z.int({ error }).min(atLeast, { error });
};
const text = () => z.string().min(1, { error: "must not be empty" });

const mode = z.enum(["sync", "background", "manual"]);
const on = z.array(z.enum(["save", "load"]));

/** When a snapshot is due, said without code; several are joined by `match`. */
const ruleSettings = {
  /** After so many events since the last usable snapshot. */
  every: wholeNumber(1).optional(),
  /** When the last usable snapshot is this old: `"1h"`. */
  interval: durationMs.optional(),
  /** After a save of one of these events, by their registered names. */
  after_events: z.array(text()).min(1, { error: "must name at least one event" }).optional(),
  /** After a load that took so many milliseconds. */
  replay_ms: z.number().positive().optional(),
  /** Whether any of the rules makes one due, or only all of them together. */
  match: z.enum(["any", "all"]).optional(),
  /** No first snapshot before an aggregate has so many events. */
  min_events: wholeNumber(0).optional(),
};

const aggregateSchema = z.strictObject({
  /** Events since the aggregate's last usable snapshot; 0 is no such rule. */
  threshold: wholeNumber(0).optional(),
  ...ruleSettings,
  mode: mode.optional(),
  on: on.optional(),
  keep: wholeNumber(1).optional(),
});

export const configSchema = z.strictObject({
  /** The module that the command line loads; relative to the file. */
  module: text().optional(),
  /** Events since the last usable snapshot; 0 turns automatic snapshots off. */
  snapshot_threshold: wholeNumber(0).optional(),
  /** Further keys are the provider's own: see `readProviderSettings`. */
  event_store: z
    .looseObject({
      /** `memory`, `sqlite`, `postgres`, or the name of a package that exports a provider. */
      provider: text().optional(),
      /** The largest event that is stored, in bytes of JSON. */
      max_event_bytes: wholeNumber(1).optional(),
    })
    .optional(),
  snapshots: z
    .strictObject({
      mode: mode.optional(),
      on: on.optional(),
      /** How many snapshots of an aggregate are kept. */
      keep: wholeNumber(1).optional(),
      /** States of more bytes are compressed; 0 for never. */
      compress_above: wholeNumber(0).optional(),
      /** States of more bytes of JSON are neither written nor read. */
      max_state_bytes: wholeNumber(1).optional(),
      /** How long a load waits for a snapshot before it replays all events. */
      read_timeout_ms: wholeNumber(1).optional(),
      ...ruleSettings,
      /** By the aggregate's name. */
      aggregates: z.record(z.string(), aggregateSchema).optional(),
    })
    .optional(),
  cache: z
    .strictObject({
      /** How many aggregates a process keeps in memory; 0 turns the cache off. */
      max_aggregates: wholeNumber(0).optional(),
      /** How many bytes they may take together. */
      max_bytes: wholeNumber(1).optional(),
    })
    .optional(),
  commands: z
    .strictObject({
      /** How often a command is tried again after a conflict of versions. */
      retries: wholeNumber(0).optional(),
    })
    .optional(),
});

/** What `new Domain(name, { config })` takes: the keys of domain.toml, of which each wins over the file's. */
export type ConfigInput = z.input<typeof configSchema>;

/** The settings of one place after validation. */
export type CheckedSettings = z.output<typeof configSchema>;

/** The keys of `[event_store]` that are not the provider's. */
export const EVENT_STORE_KEYS: readonly string[] = Object.keys(configSchema.shape.event_store.unwrap().shape);

export function isSetting(key: string): boolean {
  return Object.hasOwn(configSchema.shape, key);
}

/** The names of tables that are no overlays. */
export const TABLE_NAMES: readonly string[] = Object.entries(configSchema.shape)
  .filter(([, setting]) => setting.unwrap() instanceof z.ZodObject)
  .map(([name]) => name);
