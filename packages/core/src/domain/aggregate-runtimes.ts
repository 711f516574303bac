import type { AggregateCache } from "../aggregate-cache/aggregate-cache";
import { CachedAggregates } from "../aggregate-cache/cached-aggregates";
import type { TrustedAggregates } from "../aggregate-cache/trusted-aggregates";
import type { EventEnrichers } from "../causation/enrichers";
import type { StreamTurns } from "../concurrency/stream-turns";
import type { DomainConfig } from "../config/domain-config";
import type { AggregateRoot } from "../elements/aggregate-root";
import type { Clock } from "../elements/clock";
import type { IdGenerator } from "../elements/id-generator";
import { ConfigurationError } from "../errors/configuration-error";
import type { EventStore } from "../event-store/event-store";
import { AggregateLoader, type LoadOptions } from "../loading/aggregate-loader";
import { SnapshotFinder } from "../loading/snapshot-finder";
import type { Class } from "../metadata/class-types";
import type { AggregateModel } from "../model/aggregate-model";
import { usesReservations } from "../model/reservation-tables";
import type { Repeated } from "../patience/store-patience";
import type { EventLog } from "../ports/event-log";
import type { EventStoreAdapter } from "../ports/event-store-adapter";
import type { Row } from "../ports/table";
import type { AggregateSave } from "../repository/aggregate-save";
import { EventSourcedRepository } from "../repository/event-sourced-repository";
import type { Repository } from "../repository/repository";
import type { StateSave } from "../repository/state-save";
import { StateStoredRepository } from "../repository/state-stored-repository";
import type { ReservationVerification } from "../reservations/reservation-faults";
import { Reservations } from "../reservations/reservations";
import { type VerifyReservationsOptions, verifyReservations } from "../reservations/verify-reservations";
import type { BackgroundWrites } from "../snapshots/background-writes";
import { snapshotPolicy } from "../snapshots/snapshot-policy";
import { SnapshotWriter } from "../snapshots/snapshot-writer";
import type { SnapshotOptions } from "../snapshots/strategies/snapshot-options";
import { AggregateSnapshots } from "../snapshots/upkeep/aggregate-snapshots";
import { SnapshotCreation } from "../snapshots/upkeep/snapshot-creation";
import { AggregateUpkeep } from "../states/operating/aggregate-upkeep";
import { StateLoader } from "../states/state-loader";
import type { StateTables } from "../states/state-tables";
import { warnOfRefusals } from "../telemetry/cache-counters";
import type { Logger } from "../telemetry/logger";
import { ObservedFinder, ObservedLoads } from "../telemetry/observed-loads";
import { observedSnapshots } from "../telemetry/observed-snapshots";
import { SnapshotReport } from "../telemetry/snapshot-report";
import { TracedSave } from "../telemetry/traced-save";
import type { UnitsOfWork } from "../unit-of-work/units-of-work";

/** What works for one aggregate class. */
export interface AggregateRuntime {
  readonly model: AggregateModel;
  readonly repository: Repository<any>;
  readonly creation: SnapshotCreation<any>;
  readonly snapshots: AggregateSnapshots<any>;
  /** Undefined for a class without unique constraints, and for one whose rows have unique indexes. */
  readonly reservations: { readonly verify: VerifyReservations } | undefined;
  readonly upkeep: AggregateUpkeep<any>;
}

type VerifyReservations = (options: VerifyReservationsOptions) => Promise<ReservationVerification>;

interface AggregateRuntimesParts {
  readonly models: ReadonlyMap<Class, AggregateModel>;
  readonly config: DomainConfig;
  readonly adapter: EventStoreAdapter;
  /** The store as loads of aggregates use it. */
  readonly loads: Pick<EventStoreAdapter, "load" | "log">;
  /** The same for loads with a snapshot, and what repeats those; undefined where they are not repeated. */
  readonly snapshotLoads: Pick<EventStoreAdapter, "load">;
  readonly repeated: Repeated | undefined;
  readonly eventStore: EventStore;
  /** The tables of the classes that have rows. */
  readonly states: StateTables;
  readonly units: UnitsOfWork;
  readonly turns: StreamTurns;
  readonly background: BackgroundWrites;
  /** The aggregates that are cached, or what writers in line hand over where the configuration turns the cache off. */
  readonly cache: AggregateCache;
  readonly isCaching: boolean;
  readonly trust: (() => TrustedAggregates) | undefined;
  readonly trustInLine: (() => TrustedAggregates) | undefined;
  readonly snapshotOptions: (aggregate: Class) => SnapshotOptions | undefined;
  readonly ids: IdGenerator;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly eventEnrichers: EventEnrichers;
}

/** Puts together what works for each aggregate class. */
export function aggregateRuntimes(parts: AggregateRuntimesParts): ReadonlyMap<Class, AggregateRuntime> {
  const events = [...parts.models.values()].flatMap(({ eventTypes }) => [...eventTypes]);
  const names = new Map(events.map(([type, { shortName }]) => [shortName, type]));
  return new Map([...parts.models].map(([type, model]) => [type, aggregateRuntime(model, parts, names)]));
}

function aggregateRuntime(
  model: AggregateModel,
  parts: AggregateRuntimesParts,
  events: ReadonlyMap<string, Class>,
): AggregateRuntime {
  const { adapter, loads, config, clock, ids, logger, eventEnrichers, snapshotOptions, units, turns } = parts;
  const { isCaching, trust, trustInLine } = parts;
  const { log } = adapter;
  const { readTimeoutMs, maxStateBytes, aggregates } = config.snapshots;
  const policy = snapshotPolicy({
    operator: aggregates.get(model.name),
    decorator: snapshotOptions(model.type),
    domain: config,
    events,
  });
  const report = new SnapshotReport(model.name, logger);
  const { snapshotLoads, repeated } = parts;
  const search = new SnapshotFinder({ adapter: snapshotLoads, repeated, model, readTimeoutMs, maxStateBytes });
  const finder = new ObservedFinder(search, report);
  const plain = new AggregateLoader({ adapter: loads, model, finder });
  const unobserved = new AggregateLoader({ adapter: loads, model, finder: search });
  const loader = new ObservedLoads<AggregateRoot, LoadOptions>(plain, model, report);
  const stored = parts.states.of(model.type);
  const cached = cachedLoads(model, parts, plain, report);
  const reservations = reservationsOf(model, adapter);
  const writer = new SnapshotWriter({
    snapshots: observedSnapshots(adapter.snapshots, model.name, report),
    model,
    policy,
    background: parts.background,
    clock,
    loadStored: (id, version, rebuild) => unobserved.load(id, { maxVersion: version, rebuild }),
    written: cached.snapshotWritten,
    failed: (id, error) => report.writeFailed(id, error),
  });
  const saving = {
    log,
    model,
    units,
    turns,
    trust,
    trustInLine,
    observed: (save: AggregateSave | StateSave) => new TracedSave(save),
    ids,
    enrichers: eventEnrichers,
    maxEventBytes: config.eventStore.maxEventBytes,
    retries: config.commands.retries,
  };
  const repository: Repository<any> =
    stored === undefined
      ? new EventSourcedRepository({ ...saving, loader, cached, isCaching, writer, reservations })
      : new StateStoredRepository({ ...saving, ...observedStates(stored, model, log, plain, report), events: loader });
  return {
    model,
    repository,
    creation: new SnapshotCreation(model, loader, writer),
    snapshots: new AggregateSnapshots({
      adapter,
      eventStore: parts.eventStore,
      model,
      policy,
      loads: () => report.counts,
      finder,
      loader,
      writer,
      clock,
      deleted: cached.snapshotsDeleted,
    }),
    reservations: reservations && {
      verify: (options) => verifyReservations({ reservations, loader: unobserved, ...reservations.stores }, options),
    },
    upkeep: new AggregateUpkeep({
      model,
      adapter,
      rows: stored?.rows,
      loader: unobserved,
      reservations,
      repository,
      units,
    }),
  };
}

/** @throws ConfigurationError for a store that cannot keep reservations. */
function reservationsOf(model: AggregateModel, { operations, log, description }: EventStoreAdapter) {
  if (!usesReservations(model)) return undefined;
  if (operations !== undefined) return new Reservations(model, { log, operations });
  throw new ConfigurationError(
    `the store (${description}) keeps events alone: it cannot keep what is unique among the aggregates of ${model.name}`,
  );
}

function observedStates(
  { rows, operations }: NonNullable<ReturnType<StateTables["of"]>>,
  model: AggregateModel,
  log: EventLog,
  events: AggregateLoader,
  report: SnapshotReport,
) {
  const { readModels } = operations;
  const states = new StateLoader<AggregateRoot>({ rows, readModels, log, events });
  const loads = new ObservedLoads<AggregateRoot, undefined>(states, model, report);
  const loader = {
    load: (id: string) => loads.load(id),
    fromRow: (row: Row) => states.fromRow(row),
    has: (id: string) => states.has(id),
    doubt: (id: string) => states.doubt(id),
  };
  return { rows, readModels, loader };
}

function cachedLoads(
  model: AggregateModel,
  { cache, isCaching, adapter, logger }: AggregateRuntimesParts,
  loader: AggregateLoader,
  report: SnapshotReport,
) {
  const refused = isCaching ? warnOfRefusals(model.name, logger) : () => undefined;
  const cached = new CachedAggregates({ cache, log: adapter.log, model, loader, refused });
  const loads = new ObservedLoads<AggregateRoot, TrustedAggregates>(cached, model, report);
  return {
    load: loads.load.bind(loads),
    get holdNone() {
      return cached.holdNone;
    },
    following: cached.following.bind(cached) as CachedAggregates<AggregateRoot>["following"],
    snapshotWritten: cached.snapshotWritten.bind(cached),
    snapshotsDeleted: cached.snapshotsDeleted.bind(cached),
  };
}
