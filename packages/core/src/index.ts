export { ConfigurationError } from "./errors/configuration-error";
export { DeserializationError } from "./errors/deserialization-error";
export { DomainError } from "./errors/domain-error";
export { DuplicateCommandError } from "./errors/duplicate-command-error";
export { ExpectedVersionError } from "./errors/expected-version-error";
export { IncorrectUsageError } from "./errors/incorrect-usage-error";
export { ObjectNotFoundError } from "./errors/object-not-found-error";
export { StoreUnavailableError } from "./errors/store-unavailable-error";
export { UnknownEventError } from "./errors/unknown-event-error";
export { ValidationError } from "./errors/validation-error";
export {
  EventStore,
  type EventStoreOptions,
  type GlobalReadOptions,
  type ReadOptions,
} from "./event-store/event-store";
export type {
  Answer,
  AppendedStream,
  AppendRequest,
  EventStoreAbilities,
  EventStoreAdapter,
  FoldPage,
  GlobalRange,
  LoadedStream,
  LoadPageRequest,
  LoadRequest,
  RecordedMessage,
  SnapshotFilter,
  SnapshotKey,
  SnapshotSearch,
  StoredMessage,
  StoredSnapshot,
  StreamRef,
  VerifiedPage,
  WriteSnapshotOptions,
} from "./event-store/event-store-adapter";
export type { EventStoreContext, EventStoreProvider } from "./event-store/event-store-provider";
export { foldText, type JoinedRows, parseFoldText } from "./event-store/fold-page";
export { MemoryEventStore, memoryProvider } from "./event-store/memory-event-store";
export type { NewEvent, RecordedEvent, StreamAppend } from "./event-store/messages";
export { SNAPSHOT_TYPE, snapshotMessage } from "./event-store/snapshot-message";
export { isSnapshotCategory, parseStream, snapshotCategory } from "./event-store/stream-names";
export { identifier } from "./schema/identifier";
