import type { CommandEnrichers, EventEnrichers } from "../causation/enrichers";
import type { Middleware } from "../commands/middleware";
import { ConfigOrigin } from "../config/config-origin";
import { type DomainConfig, domainConfig } from "../config/domain-config";
import { loadConfig } from "../config/load-config";
import { faultsOfNames } from "../config/registered-names";
import type { ElementKind } from "../decorators/element-kinds";
import type { Clock } from "../elements/clock";
import type { IdGenerator } from "../elements/id-generator";
import { AggregateLoader } from "../loading/aggregate-loader";
import { SnapshotFinder } from "../loading/snapshot-finder";
import type { Class } from "../metadata/class-types";
import type { AggregateModel } from "../model/aggregate-model";
import { constructionFaults } from "../model/declared-elements";
import { type DomainModel, domainModel } from "../model/domain-model";
import type { Registry } from "../model/registry";
import type { EventStoreAdapter, SchemaChange } from "../ports/event-store-adapter";
import { MemoryEventStore } from "../ports/memory/memory-event-store";
import type { OperationStores } from "../ports/operation-stores";
import type { SnapshotOptions } from "../snapshots/strategies/snapshot-options";
import type { AggregateMigrationPlan } from "../states/operating/migration-plan";
import { type MigrationProgress, StateMigration } from "../states/operating/state-migration";
import type { DomainOptions } from "./domain-options";
import { createAdapter } from "./event-store-providers";
import { Runtime, type RuntimeParts, type StartOptions } from "./runtime";

/** What a domain consists of before it runs. */
export interface DomainParts {
  readonly name: string;
  readonly registry: Registry;
  readonly options: DomainOptions;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly eventEnrichers: EventEnrichers;
  readonly commandEnrichers: CommandEnrichers;
  /** Around every command, the first one outermost. */
  readonly middleware: readonly Middleware[];
}

/**
 * Reads the configuration, checks what is registered, and only then opens the event store.
 * @throws ConfigurationError listing every fault; StoreUnavailableError when the store cannot be opened.
 */
export async function startRuntime(parts: DomainParts, options: StartOptions = {}): Promise<Runtime> {
  const config = configOf(parts);
  const runtimeOn = checkedRuntime(parts, config, snapshotOptionsOf(parts));
  const adapter = await adapterOf(parts, config);
  try {
    await adapter.open();
    const runtime = runtimeOn(adapter);
    await runtime.start(options);
    return runtime;
  } catch (error) {
    await adapter.close();
    throw error;
  }
}

/**
 * Makes a runtime on an empty store in memory, as without domain.toml: without automatic snapshots, without a server, and without SQL
 * projectors, because that store runs no SQL. Event handlers are not called; a test constructs those that it calls.
 */
export function isolatedRuntime(parts: DomainParts): Runtime {
  const nowhere = { file: undefined, root: process.cwd(), environment: undefined };
  const settings = { snapshots: { mode: "manual" }, server: { embedded: false } } as const;
  const config = domainConfig(settings, nowhere, new ConfigOrigin([], []));
  const withoutSql = (model: DomainModel): DomainModel => ({ ...model, sqlProjectors: [] });
  const isolation = { constructed: "eventHandler", reduced: withoutSql } as const;
  return checkedRuntime(parts, config, () => undefined, isolation)(new MemoryEventStore());
}

/** Compiles what is registered, for steps that need neither a store nor configuration. @throws ConfigurationError listing every fault. */
export function isolatedModel({ name, registry }: DomainParts): DomainModel {
  return domainModel(name, registry, () => []);
}

/** The outcome of creating or upgrading the schema of an event store, and of migrating what is stored in it. */
export interface EventStoreMigration {
  /** The store in words that hold no secret. */
  readonly eventStore: string;
  /** What was changed; absent where the store does not tell. In a dry run what would be changed, without the tables. */
  readonly schema?: SchemaChange;
  /** What was planned for the rows of aggregates; absent where they are as they are declared. */
  readonly aggregates?: readonly AggregateMigrationPlan[];
}

/** How `domain.migrateEventStore` works. */
export interface MigrateOptions {
  /** Find out what there is to do, read the rows that have to fit, and change nothing. */
  readonly dryRun?: boolean;
  /** Called with what there is to do for the rows of aggregates, before the first of them is read or changed. */
  readonly onPlan?: (migration: EventStoreMigration) => unknown;
  /** Called with how far it has come, after some rows. */
  readonly onProgress?: (progress: MigrationProgress) => void;
  /** Ends the work between two pages of rows. What was done so far stays, and the next call goes on. */
  readonly signal?: AbortSignal;
}

/**
 * Creates or upgrades the schema of the configured event store, migrates the rows of aggregates, and lays the checkpoints of subscriptions
 * that are new to it, so that they miss nothing of what is stored before the first process of a release starts.
 *
 * @throws ConfigurationError listing every fault, before anything is changed; and for rows that cannot be migrated, before one of them is.
 */
export async function migrateEventStore(
  parts: DomainParts,
  options: MigrateOptions = {},
): Promise<EventStoreMigration> {
  const config = configOf(parts);
  const runtimeOn = checkedRuntime(parts, config, snapshotOptionsOf(parts));
  const adapter = await adapterOf(parts, config);
  const { dryRun = false, onPlan, onProgress, signal } = options;
  try {
    const schema = await (dryRun ? plannedSchema(adapter) : migratedSchema(adapter));
    const outcome = { eventStore: adapter.description, ...(schema !== undefined && { schema }) };
    const isUpToDate = !dryRun || schema === undefined || schema.from === schema.to;
    const runtime = runtimeOn(adapter);
    const tables = [...runtime.states.all];
    const { engine } = runtime.consumption;
    if (!isUpToDate || tables.length + engine.consumers.length === 0) {
      await onPlan?.(outcome);
      return outcome;
    }
    await adapter.open();
    const { readTimeoutMs, maxStateBytes } = config.snapshots;
    const loaderOf = (model: AggregateModel) =>
      new AggregateLoader({
        adapter,
        model,
        finder: new SnapshotFinder({ adapter, model, readTimeoutMs, maxStateBytes }),
      });
    const stores = adapter.operations as OperationStores;
    const migration = new StateMigration({ tables, stores, loaderOf, signal, onProgress });
    const aggregates = await migration.plan();
    const planned = aggregates.length === 0 ? outcome : { ...outcome, aggregates };
    await onPlan?.(planned);
    await migration.check();
    if (dryRun) return planned;
    await migration.run();
    await engine.layCheckpoints();
    return planned;
  } finally {
    await adapter.close();
  }
}

async function migratedSchema(adapter: EventStoreAdapter): Promise<SchemaChange | undefined> {
  return (await (adapter.migrate === undefined ? adapter.open() : adapter.migrate())) ?? undefined;
}

async function plannedSchema(adapter: EventStoreAdapter): Promise<SchemaChange | undefined> {
  const planned = await adapter.plannedMigration?.();
  return planned && { ...planned, tables: [] };
}

function snapshotOptionsOf({ registry }: DomainParts): RuntimeParts["snapshotOptions"] {
  return (type: Class) => registry.optionsOf(type)?.snapshot as SnapshotOptions | undefined;
}

function checkedRuntime(
  { name, registry, options, ...parts }: DomainParts,
  config: DomainConfig,
  snapshotOptions: RuntimeParts["snapshotOptions"],
  isolation?: {
    /** The elements that are constructed elsewhere. */
    readonly constructed: ElementKind;
    readonly reduced: (model: DomainModel) => DomainModel;
  },
): (adapter: EventStoreAdapter) => Runtime {
  const { logger = console, resolver } = options;
  const model = domainModel(name, registry, (names) => [
    ...faultsOfNames(config, names),
    ...(resolver === undefined
      ? constructionFaults(registry, isolation?.constructed).map(({ message }) => message)
      : []),
  ]);
  const used = isolation?.reduced(model) ?? model;
  return (adapter) => new Runtime({ ...parts, name, model: used, config, adapter, snapshotOptions, logger, resolver });
}

/** Reads the configuration. @throws ConfigurationError listing every fault. */
export function configOf({ options: { root = process.cwd(), config: overrides } }: DomainParts): DomainConfig {
  return loadConfig({ root, ...(overrides !== undefined && { overrides }) });
}

/** Makes the configured event store, or takes the one that the domain was given. */
export async function adapterOf({ name, options }: DomainParts, config: DomainConfig): Promise<EventStoreAdapter> {
  return options.eventStore ?? (await createAdapter(name, config));
}
