import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import { byCodePoints } from "../code-point-order";
import type { OperationStores } from "../operation-stores";
import { type Operation, refuseOverlaps } from "../operations";
import { refusedDequeue, refusedState, refusedTimer } from "../refused-operation";
import type { StateStore, StoredState } from "../state-store";
import type { CommandQueue, QueueEntry, Timer, TimerStore } from "../timer-store";
import { MemoryInbox } from "./inbox";
import { MemoryReadModels } from "./read-models";
import { MemorySubscriptionStore } from "./subscription-store";

/**
 * What consumers of events keep in a `MemoryEventStore`. Nothing here waits: a transaction checks all of its operations, then
 * makes all of their changes.
 */
export class MemoryOperationStore implements OperationStores {
  readonly runsStatements = false;
  readonly readModels: MemoryReadModels;
  readonly subscriptions = new MemorySubscriptionStore();
  readonly inbox = new MemoryInbox();
  readonly #timers = new Map<string, Timer>();
  readonly #queue = new Map<string, QueueEntry>();
  readonly #states = new Map<string, StoredState>();

  /** @param endOf the global position of a category's last event; 0 for none. */
  constructor(endOf: (category: string) => number) {
    this.readModels = new MemoryReadModels({ endOf, flush: (operations) => this.flush(operations) });
  }

  flush(operations: readonly Operation[]): void {
    this.checked(operations)();
  }

  /**
   * Checks whether operations can be applied now.
   * @returns a function that applies them, to be called before anything else happens.
   * @throws as `flush` does.
   */
  checked(operations: readonly Operation[]): () => void {
    refuseOverlaps(operations);
    const ofRows = operations.filter((operation) => operation.kind === "upsertRows" || operation.kind === "deleteRows");
    const changeRows = this.readModels.checked(ofRows);
    const changes = operations.map((operation) => this.#change(operation));
    return () => {
      changeRows();
      for (const change of changes) change();
    };
  }

  readonly timers: TimerStore = {
    due: (now, limit) => this.#timersInOrder(({ dueAt }) => dueAt <= now).slice(0, limit),
    ofOwner: (owner) => this.#timersInOrder((timer) => timer.owner === owner),
  };

  readonly commandQueue: CommandQueue = {
    waiting: (lane, now, limit) =>
      [...this.#queue.values()]
        .filter((entry) => entry.lane === lane && entry.dueAt <= now)
        .sort((a, b) => b.priority - a.priority || a.dueAt - b.dueAt || byCodePoints(a.id, b.id))
        .slice(0, limit),
    find: (id) => this.#queue.get(id),
  };

  readonly states: StateStore = {
    load: ({ stream }) => this.#states.get(stream),
  };

  /** @returns the change to make once every operation of the transaction is checked. */
  #change(operation: Operation): () => void {
    switch (operation.kind) {
      case "upsertRows":
      case "deleteRows":
        return () => {};
      case "runStatement":
        throw new IncorrectUsageError(
          `Cannot run the statement ${JSON.stringify(operation.texts.join("?"))}: events are kept in memory, which knows no SQL; use a store with a database`,
        );
      case "moveCheckpoint":
        return this.subscriptions.stored.move(operation);
      case "replaceCheckpoints":
        return this.subscriptions.stored.replace(operation);
      case "putParked":
        return this.subscriptions.parkedKeys.put(operation);
      case "removeParked":
        return this.subscriptions.parkedKeys.remove(operation);
      case "receiveMessage":
        return this.inbox.receive(operation);
      case "setTimer": {
        const timer = Object.freeze({ ...operation.timer });
        return () => void this.#timers.set(keyOf(timer.owner, timer.name), timer);
      }
      case "removeTimer": {
        const key = keyOf(operation.owner, operation.name);
        const stored = this.#timers.get(key);
        if (operation.dueAt !== undefined && stored?.dueAt !== operation.dueAt) throw refusedTimer(operation, stored);
        return () => void this.#timers.delete(key);
      }
      case "enqueue": {
        const entry = Object.freeze({ ...operation.entry });
        return () => {
          if (!this.#queue.has(entry.id)) this.#queue.set(entry.id, entry);
        };
      }
      case "dequeue":
        if (!this.#queue.has(operation.id)) throw refusedDequeue(operation);
        return () => void this.#queue.delete(operation.id);
      case "putState": {
        const state = Object.freeze({ ...operation.state });
        this.#checkState(state.stream, operation.expectedVersion);
        return () => void this.#states.set(state.stream, state);
      }
      case "deleteState":
        this.#checkState(operation.stream, operation.expectedVersion);
        return () => void this.#states.delete(operation.stream);
    }
  }

  #checkState(stream: string, expected: number): void {
    const actual = this.#states.get(stream)?.version ?? -1;
    if (actual !== expected) throw refusedState(stream, expected, actual);
  }

  #timersInOrder(isWanted: (timer: Timer) => boolean): Timer[] {
    return [...this.#timers.values()]
      .filter(isWanted)
      .sort((a, b) => a.dueAt - b.dueAt || byCodePoints(a.owner, b.owner) || byCodePoints(a.name, b.name));
  }
}

function keyOf(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}
