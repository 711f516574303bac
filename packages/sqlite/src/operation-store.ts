import {
  type CommandQueue,
  type Operation,
  type OperationStores,
  type ReadModelStore,
  refuseOverlaps,
  type StateStore,
  type SubscriptionStore,
  type TimerStore,
} from "@tidemark/core/adapter";

import type { OpenStore } from "./open-store";
import { checkTable, checkTableName, checkView } from "./read-models";
import type { StoreAccess } from "./store-access";

/** What consumers of events keep in a `SqliteEventStore`. */
export class SqliteOperationStore implements OperationStores {
  readonly runsStatements = true;

  constructor(private readonly access: StoreAccess) {}

  async flush(operations: readonly Operation[]): Promise<void> {
    refuseOverlaps(operations);
    if (operations.length > 0) await this.access.write((store) => applyOperations(store, operations), "write to");
  }

  readonly readModels: ReadModelStore = {
    createTable: async (table) => {
      checkTable(table);
      const isThere = await this.access.read(({ readModels }) => readModels.hasTable(table));
      if (!isThere) await this.access.write(({ readModels }) => readModels.create(table), "write to");
    },
    dropTable: async (name) => {
      checkTableName(name);
      await this.access.write(({ readModels }) => readModels.drop(name), "write to");
    },
    has: (name) => this.access.read(({ readModels }) => readModels.has(name)),
    createView: async (view) => {
      checkView(view);
      const isThere = await this.access.read(({ readModels }) => readModels.views.has(view));
      if (!isThere) await this.access.write(({ readModels }) => readModels.createView(view), "write to");
    },
    viewedTable: (name) => this.access.read(({ readModels }) => readModels.views.viewed(name)),
    query: (query) => this.access.read(({ readModels }) => readModels.query(query)),
    count: (query) => this.access.read(({ readModels }) => readModels.count(query)),
    rows: (table, keys) => this.access.read(({ readModels }) => readModels.rows(table, keys)),
  };

  readonly subscriptions: SubscriptionStore = {
    layCheckpoints: (laid) => this.access.write(({ checkpoints }) => checkpoints.lay(laid), "write to"),
    checkpoints: (subscription) => this.access.read(({ checkpoints }) => checkpoints.of(subscription)),
    raiseGeneration: (subscription, bucket) =>
      this.access.write(({ checkpoints }) => checkpoints.raiseGeneration(subscription, bucket), "write to"),
  };

  readonly timers: TimerStore = {
    due: (now, limit) => this.access.read(({ timers }) => timers.due(now, limit)),
    ofOwner: (owner) => this.access.read(({ timers }) => timers.ofOwner(owner)),
  };

  readonly commandQueue: CommandQueue = {
    waiting: (lane, now, limit) => this.access.read(({ commandQueue }) => commandQueue.waiting(lane, now, limit)),
    find: (id) => this.access.read(({ commandQueue }) => commandQueue.find(id)),
  };

  readonly states: StateStore = {
    load: ({ stream }) => this.access.read(({ states }) => states.load(stream)),
  };
}

/** Applies operations inside a transaction that somebody else starts and commits, or throws and leaves the rest undone. */
export function applyOperations(store: OpenStore, operations: readonly Operation[]): void {
  store.readModels.apply(operations);
  for (const operation of operations) apply(store, operation);
}

function apply({ ownStatements, checkpoints, timers, commandQueue, states }: OpenStore, operation: Operation): void {
  switch (operation.kind) {
    case "upsertRows":
    case "deleteRows":
      break;
    case "runStatement":
      ownStatements.run(operation);
      break;
    case "moveCheckpoint":
      checkpoints.move(operation);
      break;
    case "setTimer":
      timers.set(operation.timer);
      break;
    case "removeTimer":
      timers.remove(operation);
      break;
    case "enqueue":
      commandQueue.add(operation.entry);
      break;
    case "dequeue":
      commandQueue.remove(operation);
      break;
    case "putState":
      states.put(operation.state, operation.expectedVersion);
      break;
    case "deleteState":
      states.delete(operation.stream, operation.expectedVersion);
      break;
  }
}
