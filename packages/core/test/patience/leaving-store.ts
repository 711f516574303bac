import { MemoryEventStore } from "../../src/adapter";
import { type EventStoreAdapter, StoreUnavailableError } from "../../src/index";

/**
 * What becomes of a call: it is not sent; it is sent, and lost on its way; it has happened, and its answer is lost; or somebody has to do
 * something before another one can succeed.
 */
export type Failure = "before" | "lost" | "after" | "lasting";

/** A store in memory that goes away and comes back. */
export interface LeavingStore {
  readonly adapter: EventStoreAdapter;
  /** The store behind it, which is always there. */
  readonly memory: MemoryEventStore;
  /** The methods that were called: `log.append`. */
  readonly calls: string[];
  /** Says what becomes of the next call of a method; undefined for an answer. */
  fails: (method: string, args: readonly unknown[]) => Failure | undefined;
}

/** @param patienceMs for how long the domain repeats its calls. */
export function leavingStore(patienceMs = 5_000): LeavingStore {
  const memory = new MemoryEventStore();
  const calls: string[] = [];
  const store: LeavingStore = { adapter: memory, memory, calls, fails: () => undefined };
  /** Listening and announcing are no calls that the store answers. */
  const plain = ["description", "abilities", "open", "close", "verify", "announce", "onAnnounce", "runsStatements"];
  const leaving = <T extends object>(target: T, path: string, own: object): T =>
    new Proxy(target, {
      get(_, name) {
        const value: unknown = own[name as keyof object] ?? Reflect.get(target, name, target);
        if (typeof value !== "function") return value;
        if (plain.includes(String(name))) return value.bind(target);
        return async (...args: unknown[]) => {
          const method = `${path}${String(name)}`;
          calls.push(method);
          const failure = store.fails(method, args);
          if (failure === "before") throw away({ mayHaveHappened: false });
          if (failure === "lost") throw away();
          if (failure === "lasting") throw away({ mayHaveHappened: false, isLasting: true });
          const answer: unknown = await value.apply(target, args);
          if (failure === "after") throw away();
          return answer;
        };
      },
    });
  const { log, snapshots, operations } = memory;
  const parts = ["readModels", "subscriptions", "inbox", "timers", "commandQueue", "states"] as const;
  const ofOperations = Object.fromEntries(parts.map((part) => [part, leaving(operations[part], `${part}.`, {})]));
  const own = {
    patienceMs,
    log: leaving(log, "log.", {}),
    snapshots: leaving(snapshots, "snapshots.", {}),
    operations: leaving(operations, "operations.", ofOperations),
  };
  return Object.assign(store, { adapter: leaving<EventStoreAdapter>(memory, "", own) });
}

/** Fails the first calls of a method, one after the other. */
export function failingFirst(store: LeavingStore, method: string, ...failures: readonly Failure[]): void {
  const left = [...failures];
  store.fails = (called) => (called === method ? left.shift() : undefined);
}

export function away(outage: { mayHaveHappened?: boolean; isLasting?: boolean } = {}): StoreUnavailableError {
  const details = { attempted: "Cannot write to", store: "the store", reason: "it went away" };
  return new StoreUnavailableError(details, undefined, outage);
}
