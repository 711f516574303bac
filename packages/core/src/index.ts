/**
 * The framework: what declares a domain, what runs it, and the port behind which its events are stored.
 *
 * @module @tidemark/core
 */

export type { CacheStats } from "./aggregate-cache/aggregate-cache";
export type { CommandEnrichmentContext } from "./commands/command-enrichers";
export type { LimitOptions } from "./commands/command-limits";
export type { Middleware } from "./commands/middleware";
export type { ProcessOptions } from "./commands/process-options";
export type { Resolver } from "./commands/resolver";
export type { ConfigInput } from "./config/config-schema";
export { configuredModule } from "./config/configured-module";
export type { DomainConfig } from "./config/domain-config";
export { findConfigFile } from "./config/find-config-file";
export { type LoadConfigOptions, loadConfig } from "./config/load-config";
export { didYouMean } from "./config/nearest";
export { apply } from "./decorators/apply";
export {
  aggregate,
  applicationService,
  command,
  commandHandler,
  domainService,
  event,
  snapshotMigration,
  upcaster,
} from "./decorators/elements";
export { entity, valueObject } from "./decorators/embedded";
export { handle } from "./decorators/handle";
export { invariant } from "./decorators/invariant";
export type {
  AggregateOptions,
  ApplicationServiceOptions,
  CommandHandlerOptions,
  CommandOptions,
  DomainServiceOptions,
  EntityOptions,
  EventOptions,
  SnapshotMigrationOptions,
  UpcasterOptions,
  ValueObjectOptions,
} from "./decorators/options";
export { useCase } from "./decorators/use-case";
export type { DomainProblem, DomainProblemCode } from "./domain/check/domain-problem";
export { Domain } from "./domain/domain";
export type { DomainOptions } from "./domain/domain-options";
export { Aggregate, type AggregateBase } from "./elements/aggregate";
export { AggregateRoot } from "./elements/aggregate-root";
export type { Clock } from "./elements/clock";
export { Command, type ResultOf, type Returning, type ReturningCommandClass } from "./elements/command";
export type { CommandContext } from "./elements/command-context";
export { DomainEvent } from "./elements/domain-event";
export { type EntitiesInput, hasMany, hasOne, type ValueObjectInput } from "./elements/embedded-fields";
export { Entity, type EntityBase, type EntityInput, EntityRoot, type WithId } from "./elements/entity";
export { type EntityClass, EntityCollection } from "./elements/entity-collection";
export type { IdGenerator } from "./elements/id-generator";
export type { MessageArguments, MessageClass } from "./elements/message";
export type { SnapshotMigration } from "./elements/snapshot-migration";
export type { Upcaster } from "./elements/upcaster";
export { ValueObject, type ValueObjectBase, ValueObjectRoot } from "./elements/value-object";
export { CommandAbortedError } from "./errors/command-aborted-error";
export { ConfigurationError } from "./errors/configuration-error";
export { DeadlineExceededError } from "./errors/deadline-exceeded-error";
export { DeserializationError } from "./errors/deserialization-error";
export { DomainError } from "./errors/domain-error";
export { DuplicateCommandError } from "./errors/duplicate-command-error";
export { ExpectedVersionError } from "./errors/expected-version-error";
export { IncorrectUsageError } from "./errors/incorrect-usage-error";
export { ObjectNotFoundError } from "./errors/object-not-found-error";
export { StoreUnavailableError } from "./errors/store-unavailable-error";
export { UnknownEventError } from "./errors/unknown-event-error";
export { ValidationError } from "./errors/validation-error";
export type { CommandReference, EventMetadata } from "./event-store/event-metadata";
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
export {
  commandCategory,
  isCommandCategory,
  isSnapshotCategory,
  parseStream,
  snapshotCategory,
} from "./event-store/stream-names";
export type { AggregateFacts } from "./facts/aggregate-facts";
export type { Fact } from "./facts/fact";
export type { Resolvable } from "./metadata/class-types";
export type { Enricher, EnrichmentContext, Extensions } from "./repository/enrichers";
export type { EventEnrichmentContext } from "./repository/event-metadata";
export type { EventSourcedRepository } from "./repository/event-sourced-repository";
export type { TemporalOptions } from "./repository/temporal-bounds";
export { canTransition } from "./schema/can-transition";
export { type DecimalField, type DecimalOptions, decimal } from "./schema/decimal";
export { Decimal, type DecimalInput } from "./schema/exact-decimal";
export { identifier } from "./schema/identifier";
export type { Shape, ShapeInput, ShapeOutput } from "./schema/shape";
export { type StatusField, type StatusOptions, status, type Transitions } from "./schema/status";
export type { AggregateSnapshots } from "./snapshots/aggregate-snapshots";
export type { Snapshot, SnapshotMetadata } from "./snapshots/snapshot";
export type { CreateSnapshotOptions } from "./snapshots/snapshot-creation";
export type { SnapshotEntry } from "./snapshots/snapshot-listing";
export type { SnapshotOptions } from "./snapshots/snapshot-options";
export type { SnapshotRun, SnapshotRunOptions, SnapshotStep } from "./snapshots/snapshot-run";
export type { SnapshotStatistics } from "./snapshots/snapshot-statistics";
export type { SnapshotWithTail, StateOf } from "./snapshots/snapshot-tails";
export type { SnapshotVerification, VerifySnapshotsOptions } from "./snapshots/snapshot-verification";
export type { StateDifference } from "./snapshots/state-differences";
export { afterEvents } from "./snapshots/strategies/after-events";
export { allOf } from "./snapshots/strategies/all-of";
export { anyOf } from "./snapshots/strategies/any-of";
export { every } from "./snapshots/strategies/every";
export { type Duration, interval } from "./snapshots/strategies/interval";
export { whenReplayTakes } from "./snapshots/strategies/when-replay-takes";
export type { SnapshotContext, SnapshotStrategy } from "./snapshots/strategy";
export type { Logger } from "./telemetry/logger";
export type { SnapshotMiss } from "./telemetry/snapshot-report";
