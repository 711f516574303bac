import type { CommandEnrichers, EventEnrichers } from "../causation/enrichers";
import { Instances } from "../commands/instances";
import type { Middleware } from "../commands/middleware";
import { ConfigOrigin } from "../config/config-origin";
import { type DomainConfig, domainConfig } from "../config/domain-config";
import { loadConfig } from "../config/load-config";
import { faultsOfNames } from "../config/registered-names";
import type { Clock } from "../elements/clock";
import type { IdGenerator } from "../elements/id-generator";
import type { Class, Resolvable } from "../metadata/class-types";
import { constructionFaults } from "../model/declared-elements";
import { type DomainModel, domainModel } from "../model/domain-model";
import type { Registry } from "../model/registry";
import type { EventStoreAdapter, SchemaChange } from "../ports/event-store-adapter";
import { MemoryEventStore } from "../ports/memory/memory-event-store";
import type { SnapshotOptions } from "../snapshots/strategies/snapshot-options";
import type { DomainOptions } from "./domain-options";
import { createAdapter } from "./event-store-providers";
import { Runtime, type RuntimeParts } from "./runtime";

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
export async function startRuntime(parts: DomainParts): Promise<Runtime> {
  const config = configOf(parts);
  const snapshotOptions = (type: Class) => parts.registry.optionsOf(type)?.snapshot as SnapshotOptions | undefined;
  const runtimeOn = checkedRuntime(parts, config, snapshotOptions);
  const adapter = await adapterOf(parts, config);
  try {
    await adapter.open();
    const runtime = runtimeOn(adapter);
    await runtime.start();
    return runtime;
  } catch (error) {
    await adapter.close();
    throw error;
  }
}

/**
 * Makes a runtime on an empty store in memory, as without domain.toml: without automatic snapshots, without a server, and without SQL
 * projectors, because that store runs no SQL.
 *
 * @param construct makes a handler or service in the place of the domain's resolver; undefined for those that it leaves to that.
 */
export function isolatedRuntime(parts: DomainParts, construct?: (type: Resolvable) => object | undefined): Runtime {
  const nowhere = { file: undefined, root: process.cwd(), environment: undefined };
  const settings = { snapshots: { mode: "manual" }, server: { embedded: false } } as const;
  const config = domainConfig(settings, nowhere, new ConfigOrigin([], []));
  const instances = new Instances(parts.options.resolver);
  const resolver = construct && ((type: Resolvable) => construct(type) ?? instances.of(type));
  const options = resolver === undefined ? parts.options : { ...parts.options, resolver };
  const withoutSql = (model: DomainModel): DomainModel => ({ ...model, sqlProjectors: [] });
  return checkedRuntime({ ...parts, options }, config, () => undefined, withoutSql)(new MemoryEventStore());
}

/** The outcome of creating or upgrading the schema of an event store. */
export interface EventStoreMigration {
  /** The store in words that hold no secret. */
  readonly eventStore: string;
  /** What was changed; absent where the store does not tell. */
  readonly schema?: SchemaChange;
}

/** Creates or upgrades the schema of the configured event store. */
export async function migrateEventStore(parts: DomainParts): Promise<EventStoreMigration> {
  const adapter = await adapterOf(parts, configOf(parts));
  try {
    const schema = await (adapter.migrate === undefined ? adapter.open() : adapter.migrate());
    return { eventStore: adapter.description, ...(schema !== undefined && { schema }) };
  } finally {
    await adapter.close();
  }
}

function checkedRuntime(
  { name, registry, options, ...parts }: DomainParts,
  config: DomainConfig,
  snapshotOptions: RuntimeParts["snapshotOptions"],
  reduced = (model: DomainModel): DomainModel => model,
): (adapter: EventStoreAdapter) => Runtime {
  const { logger = console, resolver } = options;
  const model = domainModel(name, registry, (names) => [
    ...faultsOfNames(config, names),
    ...(resolver === undefined ? constructionFaults(registry).map(({ message }) => message) : []),
  ]);
  const used = reduced(model);
  return (adapter) => new Runtime({ ...parts, name, model: used, config, adapter, snapshotOptions, logger, resolver });
}

function configOf({ options: { root = process.cwd(), config: overrides } }: DomainParts): DomainConfig {
  return loadConfig({ root, ...(overrides !== undefined && { overrides }) });
}

async function adapterOf({ name, options }: DomainParts, config: DomainConfig): Promise<EventStoreAdapter> {
  return options.eventStore ?? (await createAdapter(name, config));
}
