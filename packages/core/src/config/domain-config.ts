import { dirname, resolve } from "node:path";
import type { ConfigOrigin } from "./config-origin";
import type { CheckedSettings } from "./config-schema";
import { type KeptEventsConfig, keptEventsConfig } from "./kept-events";
import { type ProcessingConfig, processingConfig } from "./processing-config";
import { type ServerConfig, type SubscriptionsConfig, serverConfig, subscriptionsConfig } from "./server-config";
import type { Table } from "./setting-path";
import { type SnapshotRules, snapshotRules } from "./snapshot-rules";

/**
 * `sync`: a due snapshot is written before `add()` or `get()` returns; `background`: it is serialised by then and written
 * afterwards; `manual`: no snapshot is automatic.
 */
export type SnapshotMode = "sync" | "background" | "manual";
/** After a save, or after a load. */
export type SnapshotOccasion = "save" | "load";

/** The settings of a domain from its file, its overlay and its code, validated and with their defaults. */
export interface DomainConfig {
  /** The absolute path of domain.toml; absent without such a file. */
  readonly file?: string;
  /** The folder in which relative paths start: the folder of the file, otherwise the given `root`. */
  readonly root: string;
  /** The value of DOMAIN_ENV, whether or not the file has an overlay of that name. */
  readonly environment?: string;
  /** The absolute path of the module that the command line loads. */
  readonly module?: string;
  /** The number of events since the last usable snapshot; 0 turns this rule off. */
  readonly snapshotThreshold: number;
  readonly eventStore: EventStoreConfig;
  readonly snapshots: SnapshotsConfig;
  readonly commands: CommandsConfig;
  readonly cache: CacheConfig;
  readonly server: ServerConfig;
  readonly subscriptions: SubscriptionsConfig;
  readonly projections: ProjectionsConfig;
  readonly keptEvents: KeptEventsConfig;
  readonly processing: ProcessingConfig;
  /** The places of the settings, for faults that are found later. */
  readonly origin: ConfigOrigin;
}

interface SnapshotsConfig {
  readonly mode: SnapshotMode;
  /** The occasions on which automatic snapshots are written. */
  readonly on: readonly SnapshotOccasion[];
  /** How many snapshots of an aggregate are kept. */
  readonly keep: number;
  /** Larger states are compressed, in bytes; 0 compresses none. */
  readonly compressAbove: number;
  /** Larger states are neither written nor read, in bytes of JSON. */
  readonly maxStateBytes: number;
  readonly readTimeoutMs: number;
  /** An aggregate with fewer events gets no snapshot. */
  readonly minEvents: number;
  /** The rules besides `snapshotThreshold`; undefined without any. */
  readonly rules?: SnapshotRules | undefined;
  /** The settings of single aggregates, by name. They win over the decorator of the aggregate. */
  readonly aggregates: ReadonlyMap<string, AggregateSnapshotConfig>;
}

export interface AggregateSnapshotConfig {
  readonly threshold?: number | undefined;
  readonly mode?: SnapshotMode | undefined;
  readonly on?: readonly SnapshotOccasion[] | undefined;
  readonly keep?: number | undefined;
  readonly minEvents?: number | undefined;
  /** The rules besides `threshold`. */
  readonly rules?: SnapshotRules | undefined;
}

interface CommandsConfig {
  /** How often a command is tried again after a conflict. */
  readonly retries: number;
}

interface ProjectionsConfig {
  /** How long a table is kept that a rebuild has replaced. */
  readonly keepOldMs: number;
}

/** The limits of the aggregate cache. */
interface CacheConfig {
  /** 0 turns the cache off. */
  readonly maxAggregates: number;
  readonly maxBytes: number;
}

/** The settings of `[event_store]`. `console.log` and `JSON.stringify` do not show those of the provider, such as passwords. */
class EventStoreConfig {
  readonly provider: string;
  /** The size of the largest event that is stored, in bytes of JSON. */
  readonly maxEventBytes: number;
  readonly #settings: Table;

  constructor({ provider, max_event_bytes, ...settings }: NonNullable<CheckedSettings["event_store"]>) {
    this.provider = provider ?? DEFAULTS.provider;
    this.maxEventBytes = max_event_bytes ?? DEFAULTS.maxEventBytes;
    this.#settings = settings;
  }

  /** The keys that belong to the provider, before `readProviderSettings` validates them. */
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
  keepOldMs: 3_600_000,
} as const;

/** Adds the defaults to the merged settings. */
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
    server: serverConfig(settings.server ?? {}),
    subscriptions: subscriptionsConfig(settings.subscriptions ?? {}),
    projections: { keepOldMs: settings.projections?.keep_old ?? DEFAULTS.keepOldMs },
    keptEvents: keptEventsConfig(settings.aggregates ?? {}),
    processing: processingConfig(settings.processing ?? {}),
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
