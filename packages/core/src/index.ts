/**
 * The framework: what declares a domain, what runs it, and the port behind which its events are stored.
 *
 * @module @tidemark/core
 */

export type { CacheStats } from "./aggregate-cache/aggregate-cache";
export type { CacheCounts } from "./aggregate-cache/cache-counts";
export type {
  CommandEnrichmentContext,
  Enricher,
  EnrichmentContext,
  EventEnrichmentContext,
  Extensions,
} from "./causation/enrichers";
export type { LimitOptions } from "./commands/command-limits";
export type { ProcessOptions, Subscribed } from "./commands/command-processor";
export type { Resolver } from "./commands/instances";
export type { CommandHandle, ResultOptions } from "./commands/later/command-handle";
export type { LaterOptions, ScheduleOptions } from "./commands/later/later-options";
export type { AskOptions, CommandsOptions } from "./commands/later/operating/queued-commands";
export type { Processed } from "./commands/later/processed";
export type { QueuedCommandStatus } from "./commands/later/queued-command-status";
export type { Middleware } from "./commands/middleware";
export type { ConfigInput } from "./config/config-schema";
export type { ListenAddress } from "./config/listen-address";
export { apply } from "./decorators/apply";
export {
  aggregate,
  applicationService,
  command,
  commandHandler,
  domainService,
  entity,
  event,
  eventHandler,
  processManager,
  projection,
  projector,
  query,
  queryHandler,
  snapshotMigration,
  sqlProjector,
  upcaster,
  valueObject,
} from "./decorators/elements";
export { type Correlation, type HandleOptions, handle, type ProcessHandleOptions } from "./decorators/handle";
export { invariant } from "./decorators/invariant";
export { type OnOptions, on } from "./decorators/on";
export type {
  AggregateOptions,
  ApplicationServiceOptions,
  CommandHandlerOptions,
  CommandOptions,
  DomainServiceOptions,
  EntityOptions,
  EventHandlerOptions,
  EventOptions,
  EventUpcasterOptions,
  ProcessManagerOptions,
  ProcessUpcasterOptions,
  ProjectionOptions,
  ProjectorOptions,
  QueryHandlerOptions,
  QueryOptions,
  SnapshotMigrationOptions,
  SqlProjectorOptions,
  UpcasterOptions,
  ValueObjectOptions,
} from "./decorators/options";
export { read } from "./decorators/read";
export { rejected } from "./decorators/rejected";
export { timer } from "./decorators/timer";
export { useCase } from "./decorators/use-case";
export type { CaughtUp } from "./domain/caught-up";
export type { EventStoreDiagnosis } from "./domain/diagnose-event-store";
export { Domain } from "./domain/domain";
export type { DomainCommands } from "./domain/domain-commands";
export type { DomainEvents } from "./domain/domain-events";
export type { DomainOptions } from "./domain/domain-options";
export type { DomainProjections } from "./domain/domain-projections";
export type { EventFunction, FunctionHandlerOptions } from "./domain/function-handlers";
export type { InitOptions } from "./domain/lifecycle";
export type { ServingSettings } from "./domain/server-health";
export type { EventStoreMigration, MigrateOptions } from "./domain/start-runtime";
export { Aggregate, type AggregateBase } from "./elements/aggregate";
export type { AggregateConstraints } from "./elements/aggregate-constraints";
export { type AggregateClass, AggregateRoot } from "./elements/aggregate-root";
export { anyEvent } from "./elements/any-event";
export type { Clock } from "./elements/clock";
export { Command, type CommandRoot, type ResultOf, type ReturningCommandClass } from "./elements/command";
export type { CommandContext } from "./elements/command-context";
export { DomainEvent, type DomainEventRoot } from "./elements/domain-event";
export { type EntitiesInput, hasMany, hasOne, type ValueObjectInput } from "./elements/embedded-fields";
export { Entity, type EntityBase, type EntityInput, EntityRoot, type WithId } from "./elements/entity";
export { type EntityClass, EntityCollection } from "./elements/entity-collection";
export type { EventContext } from "./elements/event-context";
export type { CommandReference, EventMetadata, EventReference } from "./elements/event-metadata";
export type { IdGenerator } from "./elements/id-generator";
export type { MessageArguments, MessageClass } from "./elements/message";
export {
  type IssueOptions,
  ProcessManager,
  type ProcessManagerBase,
  type ProcessManagerRoot,
  type TimeOfTimer,
} from "./elements/process-manager";
export type { CommandProcessing, DefaultProcessing, ProcessingDefaults } from "./elements/processing-defaults";
export {
  type AggregateRow,
  Projection,
  type ProjectionBase,
  type ProjectionClass,
  ProjectionOf,
  type ProjectionOfBase,
  type ProjectionRoot,
  type RowOf,
} from "./elements/projection";
export { Query, type QueryRoot, type ReturningQueryClass } from "./elements/query";
export type { SnapshotMigration } from "./elements/snapshot-migration";
export { type SqlIdentifier, type SqlStatement, type SqlValue, sql } from "./elements/sql";
export type { Upcaster } from "./elements/upcaster";
export { ValueObject, type ValueObjectBase, ValueObjectRoot } from "./elements/value-object";
export { AddressUnavailableError } from "./errors/address-unavailable-error";
export { CommandAbortedError } from "./errors/command-aborted-error";
export { CommandCancelledError } from "./errors/command-cancelled-error";
export { CommandExpiredError } from "./errors/command-expired-error";
export { CommandFailedError } from "./errors/command-failed-error";
export { CommandPendingError } from "./errors/command-pending-error";
export { CommandStateError } from "./errors/command-state-error";
export { ConfigurationError } from "./errors/configuration-error";
export { DeadlineExceededError } from "./errors/deadline-exceeded-error";
export { DeserializationError } from "./errors/deserialization-error";
export { DomainError } from "./errors/domain-error";
export { DuplicateCommandError } from "./errors/duplicate-command-error";
export { ExpectedVersionError } from "./errors/expected-version-error";
export { IncorrectUsageError } from "./errors/incorrect-usage-error";
export { NotRetryableError } from "./errors/not-retryable-error";
export { ObjectNotFoundError } from "./errors/object-not-found-error";
export { OperationConflictError } from "./errors/operation-conflict-error";
export { ParkedKeyNotFoundError } from "./errors/parked-key-not-found-error";
export { ParkedKeyTakenError } from "./errors/parked-key-taken-error";
export { ProcessStateError } from "./errors/process-state-error";
export { ProjectionFoldError } from "./errors/projection-fold-error";
export { RebuildError } from "./errors/rebuild-error";
export { StoreUnavailableError } from "./errors/store-unavailable-error";
export { SubscriptionStoppedError } from "./errors/subscription-stopped-error";
export { UniqueViolationError } from "./errors/unique-violation-error";
export { UnknownEventError } from "./errors/unknown-event-error";
export { ValidationError } from "./errors/validation-error";
export { WaitError, type WaitFailure } from "./errors/wait-error";
export {
  EventStore,
  type EventStoreOptions,
  type GlobalReadOptions,
  type ReadOptions,
} from "./event-store/event-store";
export type { EventText, NewEvent, RecordedEvent, StreamAppend } from "./event-store/messages";
export type { AggregateFacts } from "./facts/aggregate-facts";
export type { Fact } from "./facts/fact";
export type { EventFeed } from "./following/event-feed";
export type { EventsOf, EventsOptions, FollowedEvent } from "./following/events-options";
export type { Resolvable } from "./metadata/class-types";
export type { DomainProblem, DomainProblemCode } from "./model/domain-problem";
export type { AppendedStream } from "./ports/event-log";
export type { Diagnosis, EventStoreAdapter, StoredFault, VerifiedPage } from "./ports/event-store-adapter";
export { MemoryEventStore } from "./ports/memory/memory-event-store";
export type { ProcessMovedData } from "./process-managers/moved-event";
export type { ProcessDetails, ProcessesOptions, ProcessState } from "./process-managers/operating/process-instances";
export type { ProcessStatus, TimerOfProcess } from "./process-managers/operating/process-status";
export type { NamedProcess } from "./process-managers/operating/processes-named";
export type { ProcessStepStatus } from "./process-managers/operating/steps-of-events";
export type { ProjectionState, ProjectionStatus } from "./projections/inspection/projection-statuses";
export type {
  ProjectionVerification,
  VerificationProgress,
  VerifyProjectionOptions,
} from "./projections/inspection/projection-verification";
export type { ExplainRowOptions, RowChange } from "./projections/inspection/row-history";
export type {
  DryRun,
  RebuildDifference,
  RebuildOptions,
  RebuildPhase,
  RebuildProgress,
  RebuildResult,
} from "./projections/rebuild/rebuild-options";
export type { RowDifference } from "./projections/row-differences";
export type { DispatchOptions } from "./queries/query-processor";
export type { View } from "./queries/view";
export type { HistoryOptions, HistoryStep, StateChange } from "./repository/aggregate-history";
export type { Repository } from "./repository/repository";
export type { SelectedAggregates } from "./repository/selected-aggregates";
export type { TemporalOptions } from "./repository/temporal-bounds";
export type { Page, Selection } from "./rows/selection";
export { canTransition } from "./schema/can-transition";
export { type DecimalField, type DecimalOptions, decimal } from "./schema/decimal";
export { Decimal, type DecimalInput } from "./schema/exact-decimal";
export type { Fields, ShapeInput, ShapeOutput } from "./schema/fields";
export { identifier } from "./schema/identifier";
export type { Shape } from "./schema/shape";
export { type StatusField, type StatusOptions, status, type Transitions } from "./schema/status";
export type { Snapshot, SnapshotMetadata } from "./snapshots/snapshot";
export type { SnapshotMiss } from "./snapshots/snapshot-usability";
export { afterEvents } from "./snapshots/strategies/after-events";
export { allOf, anyOf } from "./snapshots/strategies/any-of-all-of";
export { every } from "./snapshots/strategies/every";
export { type Duration, interval } from "./snapshots/strategies/interval";
export type { SnapshotOptions } from "./snapshots/strategies/snapshot-options";
export type { SnapshotContext, SnapshotStrategy } from "./snapshots/strategies/strategy";
export { whenReplayTakes } from "./snapshots/strategies/when-replay-takes";
export type { AggregateSnapshots } from "./snapshots/upkeep/aggregate-snapshots";
export type { CreateSnapshotOptions } from "./snapshots/upkeep/snapshot-creation";
export type { SnapshotEntry } from "./snapshots/upkeep/snapshot-listing";
export type { SnapshotRun, SnapshotRunOptions, SnapshotStep } from "./snapshots/upkeep/snapshot-run";
export type { SnapshotStatistics } from "./snapshots/upkeep/snapshot-statistics";
export type { SnapshotWithTail, StateOf } from "./snapshots/upkeep/snapshot-tails";
export type { SnapshotVerification, VerifySnapshotsOptions } from "./snapshots/upkeep/snapshot-verification";
export type { StateDifference } from "./snapshots/upkeep/state-differences";
export type { AggregateConversion, ConvertAggregateOptions } from "./states/operating/aggregate-conversion";
export type {
  AggregateProgress,
  AggregateVerification,
  VerifyAggregateOptions,
} from "./states/operating/aggregate-verification";
export type { AggregateDifference, ComparedAggregates, FailedAggregate } from "./states/operating/compared-aggregates";
export type { AggregateMigrationPlan, MigrationPlanStep } from "./states/operating/migration-plan";
export type { MigrationProgress } from "./states/operating/state-migration";
export type { StorageOfAggregate } from "./states/storage-of-aggregate";
export type { CatchUpOptions } from "./subscriptions/catch-up";
export type { SubscriptionPause } from "./subscriptions/control-record";
export type { FailureClass } from "./subscriptions/failures/failure-class";
export type { ParkedError } from "./subscriptions/failures/parked-record";
export type { ParkedKeyStatus, SkippedEventStatus } from "./subscriptions/failures/parked-status";
export type {
  ParkedOptions,
  RetriedKeys,
  RetryParkedOptions,
  RetryProgress,
  SkipParkedOptions,
  SkippedKey,
} from "./subscriptions/operating/parked-keys";
export type { PauseOptions } from "./subscriptions/operating/pausing";
export type { SeekOptions, SubscriptionSeek } from "./subscriptions/operating/seeking";
export type { BucketOwner, SubscriptionState, SubscriptionStatus } from "./subscriptions/operating/subscription-status";
export type { WaitingEventsOptions } from "./subscriptions/operating/waiting-events";
export type { ServeOptions, Server } from "./subscriptions/server";
export type { Logger } from "./telemetry/logger";
export type { TimerStatus } from "./timers/operating/timer-status";
export type { NamedTimer, TimersOptions } from "./timers/operating/timers-of-processes";
