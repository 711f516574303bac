import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import type { OperationStores } from "../operation-stores";
import { type Operation, refuseOverlaps } from "../operations";
import { MemoryCommandQueue } from "./command-queue";
import { MemoryInbox } from "./inbox";
import { MemoryReadModels } from "./read-models";
import { MemoryStates } from "./states";
import { MemorySubscriptionStore } from "./subscription-store";
import { MemoryTimers } from "./timers";

/**
 * What consumers of events keep in a `MemoryEventStore`. Nothing here waits: a transaction checks all of its operations, then
 * makes all of their changes.
 */
export class MemoryOperationStore implements OperationStores {
  readonly runsStatements = false;
  readonly readModels: MemoryReadModels;
  readonly subscriptions = new MemorySubscriptionStore();
  readonly inbox = new MemoryInbox();
  readonly timers = new MemoryTimers();
  readonly commandQueue = new MemoryCommandQueue();
  readonly states = new MemoryStates();

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
      case "setTimer":
        return this.timers.set(operation);
      case "removeTimer":
        return this.timers.remove(operation);
      case "enqueue":
        return this.commandQueue.enqueue(operation);
      case "settleEntry":
        return this.commandQueue.settle(operation);
      case "putState":
        return this.states.put(operation);
      case "deleteState":
        return this.states.delete(operation);
    }
  }
}
