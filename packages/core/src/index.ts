export type { ConfigInput } from "./config/config-schema";
export type { DomainConfig } from "./config/domain-config";
export { findConfigFile } from "./config/find-config-file";
export { type LoadConfigOptions, loadConfig } from "./config/load-config";
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
export type { NewEvent, RecordedEvent, StreamAppend } from "./event-store/messages";
export { isSnapshotCategory, parseStream, snapshotCategory } from "./event-store/stream-names";
export { identifier } from "./schema/identifier";
