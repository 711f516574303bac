import {
  busyTable,
  type CommandQueue,
  type InboxStore,
  type Operation,
  type OperationStores,
  type ReadModelStore,
  refuseOverlaps,
  type StateStore,
  type SubscriptionStore,
  type TableSwitch,
  type TimerStore,
} from "@tidemark/core/adapter";

import { applyOperations } from "./apply-operations";
import { isBusy } from "./database-errors";
import { checkSwitch, checkTable, checkTableName, checkView } from "./read-models";
import type { StoreAccess } from "./store-access";
import { switchTable } from "./table-switch";

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
    columnsOf: (name) => this.access.read(({ readModels }) => readModels.columnsOf(name)),
    extendTable: async (table) => {
      checkTable(table);
      await this.access.write(({ readModels }) => readModels.extend(table), "write to");
    },
    dropTable: async (name) => {
      checkTableName(name);
      await this.access.write(({ readModels }) => readModels.drop(name), "write to");
    },
    dropTableUnless: async (rows) => {
      checkTable(rows.table);
      return this.access.write(({ readModels }) => readModels.dropUnless(rows), "write to");
    },
    has: (name) => this.access.read(({ readModels }) => readModels.has(name)),
    createView: async (view) => {
      checkView(view);
      const isThere = await this.access.read(({ readModels }) => readModels.views.has(view));
      if (!isThere) await this.access.write(({ readModels }) => readModels.createView(view), "write to");
    },
    viewedTable: (name) => this.access.read(({ readModels }) => readModels.views.viewed(name)),
    switchTable: async (change) => {
      checkSwitch(change);
      refuseOverlaps(change.also);
      await this.switch(change);
    },
    query: (query) => this.access.read(({ readModels }) => readModels.query(query)),
    count: (query) => this.access.read(({ readModels }) => readModels.count(query)),
    rows: (table, keys) => this.access.read(({ readModels }) => readModels.rows(table, keys)),
  };

  readonly subscriptions: SubscriptionStore = {
    layCheckpoints: (laid) => this.access.write(({ checkpoints }) => checkpoints.lay(laid), "write to"),
    checkpoints: (subscription) => this.access.read(({ checkpoints }) => checkpoints.of(subscription)),
    subscriptions: () => this.access.read(({ checkpoints }) => checkpoints.names()),
    raiseGeneration: (subscription, bucket) =>
      this.access.write(({ checkpoints }) => checkpoints.raiseGeneration(subscription, bucket), "write to"),
    renew: (lease) => this.access.write(({ leases }) => leases.renew(lease), "write to"),
    shares: (subscriptions) => this.access.read(({ leases }) => leases.shares(subscriptions)),
    claim: (claim) => this.access.write(({ leases }) => leases.claim(claim), "write to"),
    release: (server, subscription, buckets) =>
      this.access.write(({ leases }) => leases.release(server, subscription, buckets), "write to"),
    leave: (server) => this.access.write(({ leases }) => leases.leave(server), "write to"),
    parked: (filter) => this.access.read(({ parkedKeys }) => parkedKeys.read(filter)),
  };

  readonly inbox: InboxStore = {
    received: (name, ids) => this.access.read(({ inbox }) => inbox.received(name, ids)),
    forget: (name, before) => this.access.write(({ inbox }) => inbox.forget(name, before), "write to"),
  };

  readonly timers: TimerStore = {
    due: (query) => this.access.read(({ timers }) => timers.due(query)),
    untilNext: (now) => this.access.read(({ timers }) => timers.untilNext(now)),
    overdue: (now) => this.access.read(({ timers }) => timers.overdue(now)),
    ofOwner: (owner) => this.access.read(({ timers }) => timers.ofOwner(owner)),
    list: (page) => this.access.read(({ timers }) => timers.list(page)),
  };

  readonly commandQueue: CommandQueue = {
    claim: (claim) => this.access.write(({ queueClaims }) => queueClaims.claim(claim), "write to"),
    extend: (extension) => this.access.write(({ queueClaims }) => queueClaims.extend(extension), "write to"),
    release: (worker, ids) => this.access.write(({ queueClaims }) => queueClaims.release(worker, ids), "write to"),
    untilNext: (lanes, now) => this.access.read(({ queueClaims }) => queueClaims.untilNext(lanes, now)),
    find: (id) => this.access.read(({ commandQueue }) => commandQueue.find(id)),
    list: (page) => this.access.read(({ commandQueue }) => commandQueue.list(page)),
    counts: () => this.access.read(({ queueCounts }) => queueCounts.counts()),
    overdue: (now) => this.access.read(({ queueCounts }) => queueCounts.overdue(now)),
    forget: (before, limit) => this.access.write(({ commandQueue }) => commandQueue.forget(before, limit), "write to"),
  };

  readonly states: StateStore = {
    load: ({ stream }) => this.access.read(({ states }) => states.load(stream)),
    loadAll: (streams) => this.access.read(({ states }) => states.loadAll(streams)),
    list: (category, page) => this.access.read(({ states }) => states.list(category, page)),
  };

  /** Others at work with the table are those that hold the file's lock. */
  private async switch(change: TableSwitch): Promise<void> {
    try {
      await this.access.write((store) => switchTable(store, change), "write to", change.lockTimeoutMs);
    } catch (error) {
      throw isBusy((error as Error).cause) ? busyTable(change) : error;
    }
  }
}
