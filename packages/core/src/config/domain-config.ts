import { dirname, resolve } from "node:path";
import type { ConfigOrigin } from "./config-origin";
import type { CheckedSettings } from "./config-schema";
import type { Table } from "./setting-path";
import { type SnapshotRules, snapshotRules } from "./snapshot-rules";

/**
 * `sync`: a due snapshot is written before `add()` or `get()` returns; `background`: serialised then, written
 * without holding the caller; `manual`: only on demand.
 */
export type SnapshotMode = "sync" | "background" | "manual";
/** After a save, or after a load that had to replay much. */
export type SnapshotOccasion = "save" | "load";

/** Everything that a domain needs to know from its file, its overlay and its code, validated and complete. */
export interface DomainConfig {
  /** The absolute path of domain.toml, where there is one. */
  readonly file?: string;
  /** The folder that relative paths start from: that of the file, else the `root` that was given. */
  readonly root: string;
  /** What DOMAIN_ENV says, whether or not the file has an overlay of that name. */
  readonly environment?: string;
  /** What the command line loads: an absolute path. */
  readonly module?: string;
  /** Events since the last usable snapshot; 0 for no such rule. */
  readonly snapshotThreshold: number;
  readonly eventStore: EventStoreConfig;
  readonly snapshots: SnapshotsConfig;
  readonly commands: CommandsConfig;
  readonly cache: CacheConfig;
  /** Where the settings come from, for faults that are found later. */
  readonly origin: ConfigOrigin;
}

export interface SnapshotsConfig {
  readonly mode: SnapshotMode;
  /** When automatic snapshots are written. */
  readonly on: readonly SnapshotOccasion[];
  /** How many snapshots of an aggregate are kept. */
  readonly keep: number;
  /** States of more bytes are compressed; 0 for never. */
  readonly compressAbove: number;
  /** States of more bytes of JSON are neither written nor read. */
  readonly maxStateBytes: number;
  readonly readTimeoutMs: number;
  /** No first snapshot before an aggregate has so many events. */
  readonly minEvents: number;
  /** Beside `snapshotThreshold`; undefined where there is no other rule. */
  readonly rules?: SnapshotRules | undefined;
  /** What the operator fixed for single aggregates, by name: it wins over the aggregate's decorator. */
  readonly aggregates: ReadonlyMap<string, AggregateSnapshotConfig>;
}

export interface AggregateSnapshotConfig {
  readonly threshold?: number | undefined;
  readonly mode?: SnapshotMode | undefined;
  readonly on?: readonly SnapshotOccasion[] | undefined;
  readonly keep?: number | undefined;
  readonly minEvents?: number | undefined;
  /** Beside `threshold`. */
  readonly rules?: SnapshotRules | undefined;
}

export interface CommandsConfig {
  /** How often a command is tried again after a conflict of versions. */
  readonly retries: number;
}

/** How much of its aggregates a process keeps in memory. */
export interface CacheConfig {
  /** 0 for no cache. */
  readonly maxAggregates: number;
  readonly maxBytes: number;
}

/** Keeps the provider's settings out of what `console.log` and `JSON.stringify` show: passwords are among them. */
export class EventStoreConfig {
  readonly provider: string;
  /** The largest event that is stored, in bytes of JSON. */
  readonly maxEventBytes: number;
  readonly #settings: Table;

  constructor({ provider, max_event_bytes, ...settings }: NonNullable<CheckedSettings["event_store"]>) {
    this.provider = provider ?? DEFAULTS.provider;
    this.maxEventBytes = max_event_bytes ?? DEFAULTS.maxEventBytes;
    this.#settings = settings;
  }

  /** The keys of `[event_store]` that are the provider's, not yet checked: `readProviderSettings` does. */
  get settings(): Readonly<Record<string, unknown>> {
    return this.#settings;
  }
}

const DEFAULTS = {
  provider: "memory",
  maxEventBytes: 16 * 1024 * 1024,
  snapshotThreshold: 100,
  mode: "sync",
  on: ["save", "load"],
  keep: 1,
  compressAbove: 1_024,
  maxStateBytes: 64 * 1024 * 1024,
  readTimeoutMs: 2_000,
  minEvents: 0,
  retries: 3,
  maxAggregates: 0,
  maxCacheBytes: 64 * 1024 * 1024,
} as const;

/** Completes the merged settings with the defaults. */
export function domainConfig(
  settings: CheckedSettings,
  from: { readonly file: string | undefined; readonly root: string; readonly environment: string | undefined },
  origin: ConfigOrigin,
): DomainConfig {
  const root = from.file === undefined ? resolve(from.root) : dirname(from.file);
  const rules = snapshotRules(settings.snapshots ?? {});
  const { module, snapshot_threshold, event_store = {}, snapshots = {}, commands = {}, cache = {} } = settings;
  return {
    ...(from.file !== undefined && { file: from.file }),
    root,
    ...(from.environment !== undefined && { environment: from.environment }),
    ...(module !== undefined && { module: resolve(root, module) }),
    snapshotThreshold: snapshot_threshold ?? (rules === undefined ? DEFAULTS.snapshotThreshold : 0),
    eventStore: new EventStoreConfig(event_store),
    snapshots: {
      mode: snapshots.mode ?? DEFAULTS.mode,
      on: snapshots.on ?? DEFAULTS.on,
      keep: snapshots.keep ?? DEFAULTS.keep,
      compressAbove: snapshots.compress_above ?? DEFAULTS.compressAbove,
      maxStateBytes: snapshots.max_state_bytes ?? DEFAULTS.maxStateBytes,
      readTimeoutMs: snapshots.read_timeout_ms ?? DEFAULTS.readTimeoutMs,
      minEvents: snapshots.min_events ?? DEFAULTS.minEvents,
      ...(rules !== undefined && { rules }),
      aggregates: new Map(
        Object.entries(snapshots.aggregates ?? {}).map(([name, one]) => [name, aggregateConfig(one)]),
      ),
    },
    commands: { retries: commands.retries ?? DEFAULTS.retries },
    cache: {
      maxAggregates: cache.max_aggregates ?? DEFAULTS.maxAggregates,
      maxBytes: cache.max_bytes ?? DEFAULTS.maxCacheBytes,
    },
    origin,
  };
}

type AggregateSettings = NonNullable<NonNullable<CheckedSettings["snapshots"]>["aggregates"]>[string];

function aggregateConfig({
  threshold,
  mode,
  on,
  keep,
  min_events,
  ...rules
}: AggregateSettings): AggregateSnapshotConfig {
  return { threshold, mode, on, keep, minEvents: min_events, rules: snapshotRules(rules) };
}
