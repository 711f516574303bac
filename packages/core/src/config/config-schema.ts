import { z } from "zod";
import type { RawIssue } from "../schema/zod-tree";
import { didYouMean } from "../wording/did-you-mean";
import { durationMs, endlessDurationMs } from "./duration";
import { FAILURE_POLICIES, type FailurePolicy } from "./failure-policy";
import { listenAddress } from "./listen-address";

/**
 * Every setting of domain.toml, by its key in the file: the one place to add a setting.
 *
 * A message that starts with `must` is completed with the value that was found. The defaults are in domain-config.ts: here an
 * absent key stays absent, so that an overlay overrides only the keys that it names.
 */
const wholeNumber = (atLeast: number, atMost?: number) => {
  const error = `must be a whole number ${atMost === undefined ? `of at least ${atLeast}` : `from ${atLeast} to ${atMost}`}`;
  const whole = z.int({ error }).min(atLeast, { error });
  return atMost === undefined ? whole : whole.max(atMost, { error });
};
const text = () => z.string().min(1, { error: "must not be empty" });

const mode = z.enum(["sync", "background", "manual"]);
const on = z.array(z.enum(["save", "load"]));

/** The rules by which a snapshot is due. `match` joins several rules. */
const ruleSettings = {
  /** After this number of events since the last usable snapshot. */
  every: wholeNumber(1).optional(),
  /** Once the last usable snapshot is this old: `"1h"`. */
  interval: durationMs.optional(),
  /** After a save of one of these events, given by their registered names. */
  after_events: z.array(text()).min(1, { error: "must name at least one event" }).optional(),
  /** After a load that took this number of milliseconds. */
  replay_ms: z.number().positive().optional(),
  /** Whether a snapshot is due by any of the rules, or only by all of them together. */
  match: z.enum(["any", "all"]).optional(),
  /** An aggregate with fewer events gets no snapshot. */
  min_events: wholeNumber(0).optional(),
};

const aggregateSchema = z.strictObject({
  /** The number of events since the last usable snapshot of the aggregate; 0 turns this rule off. */
  threshold: wholeNumber(0).optional(),
  ...ruleSettings,
  mode: mode.optional(),
  on: on.optional(),
  keep: wholeNumber(1).optional(),
});

/** How a failure is repeated: of an event in a subscription, of a command that runs later. */
const retry = z.strictObject({
  /** How many times after the first attempt. */
  attempts: wholeNumber(0).optional(),
  /** The pause before the first repetition; each further one is twice as long. */
  first: durationMs.optional(),
  /** The longest pause. */
  max: durationMs.optional(),
});

/** What holds for all subscriptions, and for one of them. */
const subscriptionSettings = {
  /** How many events it is given at once. */
  batch: wholeNumber(1).optional(),
  /** How long a call of an event handler may take. */
  timeout: durationMs.optional(),
  retry: retry.optional(),
  /** What becomes of an event that has failed for good. */
  on_failure: z.enum(FAILURE_POLICIES).optional(),
  /** How many keys may be set aside before the subscription stops. */
  max_parked_keys: wholeNumber(1).optional(),
};

/** What holds for all subscriptions alone, and what single ones can have otherwise. */
const allSubscriptionsSettings = {
  /** How many buckets the keys of a subscription are spread over. */
  buckets: wholeNumber(1, 1_024).optional(),
  /** How long a server that does not renew its lease keeps its buckets. */
  lease: durationMs.optional(),
  ...subscriptionSettings,
};

const subscriptionSchema = z.strictObject(
  {
    /** Whether no server runs it. */
    paused: z.boolean().optional(),
    ...subscriptionSettings,
    /** The lane of servers that run it. */
    lane: text().optional(),
  },
  {
    error: ofNamed(Object.keys(allSubscriptionsSettings)),
  },
);

/** What holds for all aggregates that are stored as their state, and for one of them. */
const keptEventsSettings = {
  /** How long the events of an aggregate are kept: `"90d"`, or `"forever"`. */
  keep_events: endlessDurationMs.optional(),
};

const keptEventsSchema = z.strictObject(keptEventsSettings, { error: ofNamed(Object.keys(keptEventsSettings)) });

/** Beside the settings of all stand the tables of single ones: what is no table is a misspelt setting. */
function ofNamed(settings: readonly string[]) {
  return ({ code, path = [] }: RawIssue): string | undefined =>
    code === "invalid_type" && path.length === 2
      ? `is not a setting${didYouMean(String(path[1]), settings)}`
      : undefined;
}

export const configSchema = z.strictObject({
  /** The module that the command line loads, relative to the file. */
  module: text().optional(),
  /** The number of events since the last usable snapshot; 0 turns this rule off. */
  snapshot_threshold: wholeNumber(0).optional(),
  /** All other keys belong to the provider: see `readProviderSettings`. */
  event_store: z
    .looseObject({
      /** `memory`, `sqlite`, `postgres`, or the name of a package that exports a provider. */
      provider: text().optional(),
      /** The size of the largest event that is stored, in bytes of JSON. */
      max_event_bytes: wholeNumber(1).optional(),
    })
    .optional(),
  snapshots: z
    .strictObject({
      mode: mode.optional(),
      on: on.optional(),
      /** How many snapshots of an aggregate are kept. */
      keep: wholeNumber(1).optional(),
      /** Larger states are compressed, in bytes; 0 compresses none. */
      compress_above: wholeNumber(0).optional(),
      /** Larger states are neither written nor read, in bytes of JSON. */
      max_state_bytes: wholeNumber(1).optional(),
      /** The time that a load waits for a snapshot before it replays all events. */
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
      /** How many bytes these aggregates may take together. */
      max_bytes: wholeNumber(1).optional(),
    })
    .optional(),
  commands: z
    .strictObject({
      /** How often a command is tried again after a conflict of versions. */
      retries: wholeNumber(0).optional(),
    })
    .optional(),
  server: z
    .strictObject({
      /** Whether `init()` starts a server in its process. */
      embedded: z.boolean().optional(),
      /** How long a server that ends waits for the work in hand. */
      shutdown: durationMs.optional(),
      /** Where the health of a server can be asked for: `/livez`, `/readyz`, `/metrics`. */
      health: listenAddress.optional(),
      /** When `/readyz` says yes: as soon as the server serves, or once it has caught up. */
      ready: z.enum(["serving", "caught-up"]).optional(),
      /** By the lane's name. */
      lanes: z
        .record(
          text(),
          z.strictObject({
            /** How many of its subscriptions work at the same time, and how many of its commands that run later. */
            concurrency: wholeNumber(1).optional(),
          }),
        )
        .optional(),
    })
    .optional(),
  /** Commands that run later. */
  processing: z
    .strictObject({
      /** Whether `process` carries commands out at once, or puts them into the queue, where neither its caller nor their class says. */
      commands: z.enum(["sync", "async"]).optional(),
      /** How a command is repeated that fails for another reason than a refusal by the domain. */
      retry: retry.optional(),
      /** How long a command that has run is kept in the queue, with its result. */
      keep_results: durationMs.optional(),
      /** How many commands of each lane a server carries out at the same time, where `[server.lanes.<name>]` does not say. */
      concurrency: wholeNumber(1).optional(),
    })
    .optional(),
  projections: z
    .strictObject({
      /** How long a table is kept that a rebuild has replaced. */
      keep_old: durationMs.optional(),
    })
    .optional(),
  /** Beside the settings of all aggregates that are stored as their state, tables of single ones by their names. */
  aggregates: z.object(keptEventsSettings).catchall(keptEventsSchema).optional(),
  /** Beside the settings of all subscriptions, tables of single ones by their names. */
  subscriptions: z.object(allSubscriptionsSettings).catchall(subscriptionSchema).optional(),
});

/** The settings of `new Domain(name, { config })`: the keys of domain.toml. Each wins over the same key in the file. */
export type ConfigInput = Omit<z.input<typeof configSchema>, "subscriptions" | "aggregates"> & {
  readonly subscriptions?: SubscriptionsInput | undefined;
  readonly aggregates?: AggregatesInput | undefined;
};

type RetryInput = z.input<typeof retry>;

/** A type with an index cannot say that its other properties are of other types. */
interface AggregatesInput {
  readonly keep_events?: string | undefined;
  readonly [name: string]: z.input<typeof keptEventsSchema> | string | undefined;
}

/** As `AggregatesInput`. */
interface SubscriptionsInput {
  readonly buckets?: number | undefined;
  readonly lease?: string | undefined;
  readonly batch?: number | undefined;
  readonly timeout?: string | undefined;
  readonly retry?: RetryInput | undefined;
  readonly on_failure?: FailurePolicy | undefined;
  readonly max_parked_keys?: number | undefined;
  readonly [name: string]: z.input<typeof subscriptionSchema> | RetryInput | number | string | undefined;
}

/** The validated settings of one place. */
export type CheckedSettings = z.output<typeof configSchema>;

/** The keys of `[event_store]` that do not belong to the provider. */
export const EVENT_STORE_KEYS: readonly string[] = Object.keys(configSchema.shape.event_store.unwrap().shape);

/** The keys of `[subscriptions]` that are not names of subscriptions. */
export const SUBSCRIPTION_KEYS: readonly string[] = Object.keys(allSubscriptionsSettings);

/** The keys of `[aggregates]` that are not names of aggregates. */
export const AGGREGATE_KEYS: readonly string[] = Object.keys(keptEventsSettings);

export function isSetting(key: string): boolean {
  return Object.hasOwn(configSchema.shape, key);
}

/** The names of the tables that are settings and not overlays. */
export const TABLE_NAMES: readonly string[] = Object.entries(configSchema.shape)
  .filter(([, setting]) => setting.unwrap() instanceof z.ZodObject)
  .map(([name]) => name);
