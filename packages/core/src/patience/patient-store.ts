import type { Answer } from "../ports/answer";
import type { CommandQueue } from "../ports/command-queue";
import type { EventLog } from "../ports/event-log";
import type { EventStoreAdapter } from "../ports/event-store-adapter";
import type { OperationStores } from "../ports/operation-stores";
import type { Operation } from "../ports/operations";
import type { ReadModelStore } from "../ports/read-model-store";
import type { SnapshotStore } from "../ports/snapshot-store";
import type { StateStore } from "../ports/state-store";
import type { InboxStore, SubscriptionStore } from "../ports/subscription-store";
import type { TimerStore } from "../ports/timer-store";
import { RepeatedFlush, unknownOutcome } from "./repeated-flush";
import { READING, REPEATABLE, type Repetition, type StorePatience, UNLESS_SENT } from "./store-patience";

/** How the methods of a store are repeated, each by its name. */
type Repetitions<T extends object> = { readonly [K in keyof T]-?: Repetition };

/**
 * Makes a store whose calls are repeated while it cannot be reached, with the same arguments and so the same ids.
 *
 * `open`, `close`, `migrate`, `verify` and `diagnose` are those of the store itself: who opens a store with a wrong address has to be told at
 * once, and a reading that ended in the middle cannot be gone on with.
 */
export function patientStore(adapter: EventStoreAdapter, patience: StorePatience): EventStoreAdapter {
  const { description, abilities, patienceMs, operations } = adapter;
  return {
    description,
    abilities,
    ...(patienceMs !== undefined && { patienceMs }),
    open: () => adapter.open(),
    close: () => adapter.close(),
    ...(adapter.migrate && { migrate: () => adapter.migrate!() as Answer<void> }),
    ...(adapter.plannedMigration && { plannedMigration: () => adapter.plannedMigration!() }),
    ...(adapter.diagnose && { diagnose: () => adapter.diagnose!() }),
    verify: () => adapter.verify(),
    load: (request) => patience.call(() => adapter.load(request)),
    log: patientLog(adapter.log, patience),
    snapshots: repeated(adapter.snapshots, snapshotRepetitions(description), patience),
    ...(operations && { operations: patientOperations(operations, description, patience) }),
  };
}

/** An append that has happened is recognised by its ids, whatever was stored with it: see `EventLog.append`. */
const LOG: Repetitions<Omit<EventLog, "announce" | "onAnnounce">> = {
  append: REPEATABLE,
  loadPage: READING,
  version: READING,
  readStream: READING,
  readLast: READING,
  readAll: READING,
  countEvents: READING,
  listStreams: READING,
  // What the first attempt has forgotten is missing in the number of the second one.
  forget: REPEATABLE,
  forgottenUpTo: READING,
  onAppend: READING,
};

/** A snapshot takes the place of the same one, unless it was to be the first above a version. */
function snapshotRepetitions(store: string): Repetitions<SnapshotStore> {
  const refused = (refusal: unknown): never => {
    throw unknownOutcome(refusal, store);
  };
  return { write: { ...REPEATABLE, refused }, read: READING, listStreams: READING, delete: REPEATABLE };
}

const READ_MODELS: Repetitions<ReadModelStore> = {
  createTable: REPEATABLE,
  columnsOf: READING,
  extendTable: REPEATABLE,
  dropTable: REPEATABLE,
  dropTableUnless: REPEATABLE,
  has: READING,
  createView: REPEATABLE,
  viewedTable: READING,
  switchTable: UNLESS_SENT,
  rows: READING,
  query: READING,
  count: READING,
};

/** A claim that was repeated would not give what the first attempt has taken: nobody would have it until its lease has run out. */
const SUBSCRIPTIONS: Repetitions<SubscriptionStore> = {
  layCheckpoints: REPEATABLE,
  checkpoints: READING,
  subscriptions: READING,
  raiseGeneration: REPEATABLE,
  renew: REPEATABLE,
  shares: READING,
  claim: UNLESS_SENT,
  release: REPEATABLE,
  leave: REPEATABLE,
  parked: READING,
};

const INBOX: Repetitions<InboxStore> = { received: READING, forget: REPEATABLE };

const TIMERS: Repetitions<TimerStore> = {
  due: READING,
  untilNext: READING,
  overdue: READING,
  ofOwner: READING,
  list: READING,
};

const COMMAND_QUEUE: Repetitions<CommandQueue> = {
  claim: UNLESS_SENT,
  extend: REPEATABLE,
  release: REPEATABLE,
  untilNext: READING,
  find: READING,
  list: READING,
  counts: READING,
  overdue: READING,
  forget: REPEATABLE,
};

const STATES: Repetitions<StateStore> = { load: READING, loadAll: READING, list: READING };

function patientLog(log: EventLog, patience: StorePatience): EventLog {
  return {
    ...repeated<Omit<EventLog, "announce" | "onAnnounce">>(log, LOG, patience),
    ...(log.announce && { announce: () => log.announce!() }),
    ...(log.onAnnounce && {
      onAnnounce: (listener) => patience.call(() => log.onAnnounce!(listener)),
    }),
  };
}

function patientOperations(operations: OperationStores, description: string, patience: StorePatience): OperationStores {
  const subscriptions = repeated(operations.subscriptions, SUBSCRIPTIONS, patience);
  const store = { description, subscriptions };
  return {
    flush: (all: readonly Operation[]) => patience.call(() => operations.flush(all), new RepeatedFlush(all, store)),
    runsStatements: operations.runsStatements,
    readModels: repeated(operations.readModels, READ_MODELS, patience),
    subscriptions,
    inbox: repeated(operations.inbox, INBOX, patience),
    timers: repeated(operations.timers, TIMERS, patience),
    commandQueue: repeated(operations.commandQueue, COMMAND_QUEUE, patience),
    states: repeated(operations.states, STATES, patience),
  };
}

type Method = (...args: unknown[]) => Answer<unknown>;

/** Makes an object with those of the methods that the store has. */
function repeated<T extends object>(store: T, repetitions: Repetitions<T>, patience: StorePatience): T {
  const methods: Record<string, Method> = {};
  for (const [name, repetition] of Object.entries<Repetition>(repetitions)) {
    if (store[name as keyof T] === undefined) continue;
    methods[name] = (...args) => patience.call(() => (store as Record<string, Method>)[name]!(...args), repetition);
  }
  return methods as T;
}
