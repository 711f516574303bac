import { ConfigurationError } from "../../errors/configuration-error";
import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import { type Operation, type OperationStores, refuseOverlaps } from "../operations";
import type { ReadModelStore, Row, Table } from "../read-model-store";
import { refusedCheckpoint, refusedDequeue, refusedState, refusedTimer } from "../refused-operation";
import type { StateStore, StoredState } from "../state-store";
import type { StreamRef } from "../stored-message";
import type { Checkpoint, SubscriptionStore } from "../subscription-store";
import type { CommandQueue, QueueEntry, Timer, TimerStore } from "../timer-store";

interface RowsOfTable {
  readonly table: Table;
  readonly rows: Map<string, Row>;
}

/**
 * What consumers of events keep in a `MemoryEventStore`. Nothing here waits, so that a transaction is a check of every
 * operation followed by all of their changes.
 */
export class MemoryOperations implements OperationStores {
  readonly #tables = new Map<string, RowsOfTable>();
  readonly #checkpoints = new Map<string, Checkpoint>();
  readonly #timers = new Map<string, Timer>();
  readonly #queue = new Map<string, QueueEntry>();
  readonly #states = new Map<string, StoredState>();

  flush(operations: readonly Operation[]): void {
    this.checked(operations)();
  }

  /**
   * Checks whether operations can be applied now.
   * @returns a function that applies them, to be called before anything else happens.
   * @throws as `flush` does.
   */
  checked(operations: readonly Operation[]): () => void {
    if (operations.length === 0) return () => undefined;
    refuseOverlaps(operations);
    const changes = operations.map((operation) => this.#change(operation));
    return () => {
      for (const change of changes) change();
    };
  }

  readonly readModels: ReadModelStore = {
    createTable: (table) => {
      const known = this.#tables.get(table.name)?.table;
      if (known === undefined) this.#tables.set(table.name, { table: structuredClone(table), rows: new Map() });
      else if (JSON.stringify(known.columns) !== JSON.stringify(table.columns))
        throw new ConfigurationError(`the table ${table.name} has other columns`);
    },
    dropTable: (name) => void this.#tables.delete(name),
    rows: (table, keys) => {
      const { rows } = this.#table(table);
      return [...new Set(keys)].flatMap((key) => {
        const row = rows.get(key);
        return row === undefined ? [] : [row];
      });
    },
  };

  readonly subscriptions: SubscriptionStore = {
    layCheckpoints: (checkpoints) => {
      for (const { subscription, bucket, position } of checkpoints) {
        const key = keyOf(subscription, bucket);
        if (!this.#checkpoints.has(key)) this.#checkpoints.set(key, { subscription, bucket, position, generation: 0 });
      }
    },
    checkpoints: (subscription) =>
      [...this.#checkpoints.values()]
        .filter((checkpoint) => checkpoint.subscription === subscription)
        .sort((a, b) => a.bucket - b.bucket),
    raiseGeneration: (subscription, bucket) => {
      const key = keyOf(subscription, bucket);
      const checkpoint = this.#checkpoints.get(key);
      if (checkpoint === undefined) return undefined;
      const raised = { ...checkpoint, generation: checkpoint.generation + 1 };
      this.#checkpoints.set(key, raised);
      return raised;
    },
  };

  readonly timers: TimerStore = {
    due: (now, limit) => this.#timersInOrder(({ dueAt }) => dueAt <= now).slice(0, limit),
    ofOwner: (owner) => this.#timersInOrder((timer) => timer.owner === owner),
  };

  readonly commandQueue: CommandQueue = {
    waiting: (lane, now, limit) =>
      [...this.#queue.values()]
        .filter((entry) => entry.lane === lane && entry.dueAt <= now)
        .sort((a, b) => b.priority - a.priority || a.dueAt - b.dueAt || (a.id < b.id ? -1 : 1))
        .slice(0, limit),
    find: (id) => this.#queue.get(id),
  };

  readonly states: StateStore = {
    load: ({ stream }: StreamRef) => this.#states.get(stream),
  };

  /** @returns the change to make once every operation of the transaction is checked. */
  #change(operation: Operation): () => void {
    switch (operation.kind) {
      case "upsertRows": {
        const { rows } = this.#table(operation.table);
        return () => {
          for (const row of operation.rows) rows.set(String(row[0]), Object.freeze([...row]));
        };
      }
      case "deleteRows": {
        const { rows } = this.#table(operation.table);
        return () => {
          for (const key of operation.keys) rows.delete(key);
        };
      }
      case "moveCheckpoint": {
        const key = keyOf(operation.subscription, operation.bucket);
        const stored = this.#checkpoints.get(key);
        if (stored?.position !== operation.from || stored.generation !== operation.generation)
          throw refusedCheckpoint(operation, stored);
        return () => void this.#checkpoints.set(key, { ...stored, position: operation.to });
      }
      case "setTimer": {
        const { timer } = operation;
        return () => void this.#timers.set(keyOf(timer.owner, timer.name), { ...timer });
      }
      case "removeTimer": {
        const key = keyOf(operation.owner, operation.name);
        const stored = this.#timers.get(key);
        if (operation.dueAt !== undefined && stored?.dueAt !== operation.dueAt) throw refusedTimer(operation, stored);
        return () => void this.#timers.delete(key);
      }
      case "enqueue": {
        const { entry } = operation;
        return () => {
          if (!this.#queue.has(entry.id)) this.#queue.set(entry.id, { ...entry });
        };
      }
      case "dequeue":
        if (!this.#queue.has(operation.id)) throw refusedDequeue(operation);
        return () => void this.#queue.delete(operation.id);
      case "putState": {
        const { state, expectedVersion } = operation;
        this.#checkState(state.stream, expectedVersion);
        return () => void this.#states.set(state.stream, { ...state });
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

  #table({ name }: Table): RowsOfTable {
    const table = this.#tables.get(name);
    if (table === undefined)
      throw new IncorrectUsageError(`There is no table ${JSON.stringify(name)}: create it first`);
    return table;
  }

  #timersInOrder(wanted: (timer: Timer) => boolean): Timer[] {
    return [...this.#timers.values()]
      .filter(wanted)
      .sort((a, b) => a.dueAt - b.dueAt || (keyOf(a.owner, a.name) < keyOf(b.owner, b.name) ? -1 : 1));
  }
}

function keyOf(...parts: readonly (string | number)[]): string {
  return JSON.stringify(parts);
}
