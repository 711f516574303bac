import type { DomainError } from "@tidemark/core";
import { type Operation, type OperationStores, refuseOverlaps, type Table } from "@tidemark/core/adapter";

import { checkpointRefusal, replacementRefusal } from "./checkpoints";
import { PostgresCommandQueue } from "./command-queue";
import type { Connections } from "./connections";
import { messageRefusal, PostgresInbox } from "./inbox";
import { OwnStatements } from "./own-statements";
import { parkedRefusal } from "./parked-keys";
import { entryRefusal, QueueChanges, replacedEntryRefusal } from "./queue-changes";
import { PostgresReadModels } from "./read-models";
import { refusalIn } from "./refused-operation";
import { PostgresStates, stateRefusal } from "./states";
import { PostgresSubscriptionStore } from "./subscription-store";
import { PostgresTimers, timerRefusal } from "./timers";
import { isChangedTable, isDeadlock, WRITE } from "./unavailable";
import type { Call } from "./work";

/** Two transactions that wait for each other cost one of them a second. */
const MAX_ROUNDS = 10;

/**
 * What consumers of events keep, beside the events.
 *
 * The operations of one call become a few statements that are sent together and are one transaction: one round trip. They go
 * from table to table in one order, and within a table by the keys, so that transactions wait for each other in one direction.
 */
export class PostgresOperationStore implements OperationStores {
  readonly runsStatements = true;
  readonly readModels: PostgresReadModels;
  readonly subscriptions: PostgresSubscriptionStore;
  readonly inbox: PostgresInbox;
  readonly timers: PostgresTimers;
  readonly commandQueue: PostgresCommandQueue;
  readonly states: PostgresStates;
  private readonly queueChanges: QueueChanges;
  private readonly ownStatements = new OwnStatements();

  constructor(
    private readonly connections: Connections,
    schemaName: string,
  ) {
    const schema = `"${schemaName}"`;
    this.readModels = new PostgresReadModels(connections, schemaName, this);
    this.subscriptions = new PostgresSubscriptionStore(connections, schema);
    this.inbox = new PostgresInbox(connections, schema);
    this.timers = new PostgresTimers(connections, schema);
    this.commandQueue = new PostgresCommandQueue(connections, schema);
    this.queueChanges = new QueueChanges(schema);
    this.states = new PostgresStates(connections, schema);
  }

  async flush(operations: readonly Operation[]): Promise<void> {
    for (let round = 1; ; round++) {
      const calls = this.calls(operations);
      if (calls.length === 0) return;
      try {
        await this.connections.performAll(calls);
        this.applied(operations);
        return;
      } catch (error) {
        const refusal = this.refusal(error, operations);
        if (refusal !== undefined) throw refusal;
        const canBeRepeated = isChangedTable(error) ? round === 1 : isDeadlock(error) && round < MAX_ROUNDS;
        if (!canBeRepeated) throw this.connections.unavailable(WRITE, error);
      }
    }
  }

  /**
   * The statements that apply operations, to be carried out in one transaction.
   * @throws IncorrectUsageError for two operations that concern the same thing.
   */
  calls(operations: readonly Operation[]): readonly Call[] {
    refuseOverlaps(operations);
    return [
      ...this.readModels.calls(operations),
      ...this.subscriptions.calls(operations),
      ...this.inbox.calls(operations),
      ...this.timers.calls(operations),
      ...this.queueChanges.calls(operations),
      ...this.states.calls(operations),
      ...this.ownStatements.calls(operations),
    ];
  }

  /** Notes that operations were applied. */
  applied(operations: readonly Operation[]): void {
    this.readModels.used(tablesOf(operations));
  }

  /**
   * Looks into the failure of statements that were to apply operations.
   * @returns the error to throw where one of the operations was refused; undefined for an error of another cause.
   */
  refusal(error: unknown, operations: readonly Operation[]): DomainError | undefined {
    const ofRows = this.readModels.refusal(error, tablesOf(operations), operations);
    const refusal = refusalIn(error);
    switch (refusal?.kind) {
      case "moveCheckpoint":
        return checkpointRefusal(refusal, operations);
      case "replaceCheckpoints":
        return replacementRefusal(refusal, operations);
      case "parked":
        return parkedRefusal(refusal, operations);
      case "receiveMessage":
        return messageRefusal(refusal, operations);
      case "removeTimer":
        return timerRefusal(refusal, operations);
      case "replaceEntry":
        return replacedEntryRefusal(refusal, operations);
      case "settleEntry":
        return entryRefusal(refusal, operations);
      case "state":
        return stateRefusal(refusal, operations);
      default:
        return ofRows ?? this.ownStatements.refusal(error);
    }
  }
}

function tablesOf(operations: readonly Operation[]): readonly Table[] {
  return operations.flatMap((operation) => ("table" in operation ? [operation.table] : []));
}
