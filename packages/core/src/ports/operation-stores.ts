import type { Answer } from "./answer";
import type { CommandQueue } from "./command-queue";
import type { Operation } from "./operations";
import type { ReadModelStore } from "./read-model-store";
import type { StateStore } from "./state-store";
import type { InboxStore, SubscriptionStore } from "./subscription-store";
import type { TimerStore } from "./timer-store";

/** What consumers of events keep in a store. */
export interface OperationStores {
  /**
   * Applies operations in one transaction, all or none; in one round trip where the store has any.
   *
   * @throws OperationConflictError, ExpectedVersionError, UniqueViolationError as the operations say; nothing is changed then.
   * @throws IncorrectUsageError for two operations that concern the same thing, or a table that was not created.
   */
  flush(operations: readonly Operation[]): Answer<void>;
  /** Whether the store runs statements in SQL: see `RunStatement`. */
  readonly runsStatements: boolean;
  readonly readModels: ReadModelStore;
  readonly subscriptions: SubscriptionStore;
  readonly inbox: InboxStore;
  readonly timers: TimerStore;
  readonly commandQueue: CommandQueue;
  readonly states: StateStore;
}
