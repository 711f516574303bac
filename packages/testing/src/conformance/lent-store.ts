import type { EventLog, EventStoreAdapter, OperationStores, SnapshotStore } from "@tidemark/core/adapter";

/** Methods of a store that a test puts in the place of its own, to look at their calls or to make them fail. */
export interface ReplacedMethods extends Partial<Pick<EventStoreAdapter, "open" | "close" | "load" | "verify">> {
  /** 0 for a test that wants to see the error of a call at once, which the domain would repeat otherwise. */
  readonly patienceMs?: number;
  readonly log?: Partial<EventLog>;
  readonly snapshots?: Partial<SnapshotStore>;
  readonly operations?: Partial<OperationStores>;
}

/** Lends a store to a domain that must not close it, with some of its methods replaced. */
export function lent(adapter: EventStoreAdapter, replaced: ReplacedMethods = {}): EventStoreAdapter {
  const { log = {}, snapshots = {}, operations = {}, ...methods } = replaced;
  return over<EventStoreAdapter>(adapter, {
    open: () => undefined,
    close: () => undefined,
    ...methods,
    log: over(adapter.log, log),
    snapshots: over(adapter.snapshots, snapshots),
    ...(adapter.operations && { operations: over(adapter.operations, operations) }),
  });
}

/** An object with some of its methods replaced. */
export function over<T extends object>(target: T, own: Partial<T>): T {
  return new Proxy(target, {
    get(_, key) {
      const value: unknown = own[key as keyof T] ?? target[key as keyof T];
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
