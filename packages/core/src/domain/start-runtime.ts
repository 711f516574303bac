import type { CommandEnrichers, EventEnrichers } from "../causation/enrichers";
import type { Middleware } from "../commands/middleware";
import { ConfigOrigin } from "../config/config-origin";
import { type DomainConfig, domainConfig } from "../config/domain-config";
import { loadConfig } from "../config/load-config";
import { faultsOfNames } from "../config/registered-names";
import type { ElementKind } from "../decorators/element-kinds";
import type { Clock } from "../elements/clock";
import type { IdGenerator } from "../elements/id-generator";
import type { Class } from "../metadata/class-types";
import { constructionFaults } from "../model/declared-elements";
import { type DomainModel, domainModel } from "../model/domain-model";
import type { Registry } from "../model/registry";
import type { EventStoreAdapter, SchemaChange } from "../ports/event-store-adapter";
import { MemoryEventStore } from "../ports/memory/memory-event-store";
import type { SnapshotOptions } from "../snapshots/strategies/snapshot-options";
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

/** The outcome of creating or upgrading the schema of an event store. */
export interface EventStoreMigration {
  /** The store in words that hold no secret. */
  readonly eventStore: string;
  /** What was changed; absent where the store does not tell. */
  readonly schema?: SchemaChange;
}

/**
 * Creates or upgrades the schema of the configured event store, and lays the checkpoints of subscriptions that are new to it, so that they
 * miss nothing of what is stored before the first process of a release starts.
 *
 * @throws ConfigurationError listing every fault, before anything is changed.
 */
export async function migrateEventStore(parts: DomainParts): Promise<EventStoreMigration> {
  const config = configOf(parts);
  const runtimeOn = checkedRuntime(parts, config, snapshotOptionsOf(parts));
  const adapter = await adapterOf(parts, config);
  try {
    const schema = await (adapter.migrate === undefined ? adapter.open() : adapter.migrate());
    const { engine } = runtimeOn(adapter).consumption;
    if (engine.consumers.length > 0) {
      await adapter.open();
      await engine.layCheckpoints();
    }
    return { eventStore: adapter.description, ...(schema !== undefined && { schema }) };
  } finally {
    await adapter.close();
  }
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

function configOf({ options: { root = process.cwd(), config: overrides } }: DomainParts): DomainConfig {
  return loadConfig({ root, ...(overrides !== undefined && { overrides }) });
}

async function adapterOf({ name, options }: DomainParts, config: DomainConfig): Promise<EventStoreAdapter> {
  return options.eventStore ?? (await createAdapter(name, config));
}
