/**
 * The ports behind which a domain keeps its events, snapshots and what consumers keep, and what helps to write an adapter for
 * them: `@tidemark/core/adapter`.
 *
 * @module @tidemark/core/adapter
 */

export { durationOrNoneMs } from "./config/duration";
export { SNAPSHOT_TYPE, snapshotMessage } from "./event-store/snapshot-message";
export {
  commandCategory,
  isCommandCategory,
  isSnapshotCategory,
  parseStream,
  snapshotCategory,
} from "./event-store/stream-names";
export type { Answer } from "./ports/answer";
export { AppendListeners } from "./ports/append-listeners";
export { bucketOf } from "./ports/buckets";
export { byCodePoints } from "./ports/code-point-order";
export type {
  ClaimExtension,
  ClaimedEntry,
  CommandQueue,
  NewQueueEntry,
  OverdueEntries,
  QueueClaim,
  QueueCount,
  QueueEntry,
  QueueEntryState,
  QueuePage,
  QueueTime,
} from "./ports/command-queue";
export { decimalOrderKey } from "./ports/decimal-order";
export type {
  AppendedStream,
  AppendOptions,
  AppendRequest,
  CountedEvents,
  CountedRange,
  EventLog,
  ForgetRequest,
  ForgottenEvents,
  GlobalPage,
  GlobalRange,
  StopListening,
} from "./ports/event-log";
export type {
  Diagnosis,
  EventStoreAbilities,
  EventStoreAdapter,
  SchemaChange,
  StoredFault,
  VerifiedPage,
} from "./ports/event-store-adapter";
export type { EventStoreContext, EventStoreProvider } from "./ports/event-store-provider";
export { foldText, type JoinedRows, parseFoldText } from "./ports/fold-page";
export { forgottenEvent } from "./ports/forgotten-event";
export type {
  FoldPage,
  LoadedStream,
  LoadPageRequest,
  LoadRequest,
  RowLookup,
  SnapshotKind,
  SnapshotSearch,
} from "./ports/loaded-stream";
export { MemoryEventStore, memoryProvider } from "./ports/memory/memory-event-store";
export type { OperationStores } from "./ports/operation-stores";
export {
  type DeleteRows,
  type DeleteState,
  type Enqueue,
  type EntryChange,
  type MoveCheckpoint,
  type Operation,
  type PutParked,
  type PutState,
  type ReceiveMessage,
  type RemoveParked,
  type RemoveTimer,
  type ReplaceCheckpoints,
  type RowGuard,
  type RunStatement,
  refuseOverlaps,
  type SetTimer,
  type SettleEntry,
  type StatementValue,
  type UpsertRows,
} from "./ports/operations";
export { checkQuery, guardedColumn } from "./ports/query-fault";
export { queryRanges, type RangeCondition } from "./ports/query-ranges";
export type { ReadModelStore, TableSwitch } from "./ports/read-model-store";
export {
  clearInterval,
  clearTimeout,
  nextTick,
  now,
  pause,
  setImmediate,
  setInterval,
  setTimeout,
  wallTime,
} from "./ports/real-timers";
export { RecentValues } from "./ports/recent-values";
export {
  busyTable,
  refusedCheckpoint,
  refusedEntry,
  refusedMessage,
  refusedParked,
  refusedReplacedEntry,
  refusedReplacement,
  refusedRow,
  refusedState,
  refusedSwitch,
  refusedTimer,
} from "./ports/refused-operation";
export { repeatedAppend, type StoredEvent, takenId } from "./ports/repeated-append";
export type {
  ComparisonCondition,
  EqualityCondition,
  MembershipCondition,
  RowCondition,
  RowOrder,
  RowQuery,
  TextCondition,
} from "./ports/row-query";
export {
  newestSnapshotFirst,
  type SnapshotFilter,
  type SnapshotKey,
  type SnapshotStore,
  type SnapshotWrite,
  type StoredSnapshot,
} from "./ports/snapshot-store";
export type { StateStore, StoredState } from "./ports/state-store";
export { failedStatement, refuseTransactionControl } from "./ports/statement-fault";
export type { RecordedMessage, StoredMessage, StreamPage, StreamRef } from "./ports/stored-message";
export type {
  BucketClaim,
  Checkpoint,
  InboxStore,
  NewCheckpoint,
  OwnedCheckpoint,
  ParkedFilter,
  ParkedKey,
  ServerLease,
  SubscriptionShare,
  SubscriptionStore,
} from "./ports/subscription-store";
export type { Column, ColumnType, ColumnValue, Index, Row, Table, View } from "./ports/table";
export { addedColumns, fitsStored, foreignTable } from "./ports/table-extension";
export { refusedTable, switchFault, tableFault, tableNameFault, viewFault } from "./ports/table-fault";
export type { DueTimersQuery, OverdueTimers, Timer, TimerStore, TimersPage } from "./ports/timer-store";
