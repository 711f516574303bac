/**
 * The suites that every event store has to pass, whoever wrote it. They need `fast-check` beside jest, a runner with the same
 * globals, or node's own runner.
 *
 * @module @tidemark/testing/conformance
 */

export { aggregateUpkeepConformance } from "./conformance/aggregate-upkeep/aggregate-upkeep-conformance";
export { commandConformance } from "./conformance/commands/command-conformance";
export {
  type ConversionCrashConformance,
  type ConvertedStore,
  conversionCrashConformance,
} from "./conformance/crashes/conversion-crash-conformance";
export { convertUntilKilled, type MomentOfConversion } from "./conformance/crashes/convert-until-killed";
export { type CrashConformance, type CrashedStore, crashConformance } from "./conformance/crashes/crash-conformance";
export { laterCrashConformance } from "./conformance/crashes/later-crash-conformance";
export { type MomentOfMigration, migrateUntilKilled } from "./conformance/crashes/migrate-until-killed";
export {
  type MigratedStore,
  type MigrationCrashConformance,
  migrationCrashConformance,
} from "./conformance/crashes/migration-crash-conformance";
export { projectUntilKilled } from "./conformance/crashes/project-until-killed";
export { projectionCrashConformance } from "./conformance/crashes/projection-crash-conformance";
export { purchaseUntilKilled } from "./conformance/crashes/purchase-until-killed";
export {
  type RebuildCrashConformance,
  type RebuiltStore,
  rebuildCrashConformance,
} from "./conformance/crashes/rebuild-crash-conformance";
export { type MomentOfRebuild, rebuildUntilKilled } from "./conformance/crashes/rebuild-until-killed";
export { runJobsUntilKilled } from "./conformance/crashes/run-jobs-until-killed";
export { unitCrashConformance } from "./conformance/crashes/unit-crash-conformance";
export { writeUntilKilled } from "./conformance/crashes/write-until-killed";
export { eventStoreConformance } from "./conformance/event-store/event-store-conformance";
export type { EventStoreConformance, OpenedStore, OptionalPart } from "./conformance/event-store/store-under-test";
export { factConformance } from "./conformance/facts/fact-conformance";
export { followConformance } from "./conformance/following/follow-conformance";
export { laterConformance } from "./conformance/later/later-conformance";
export { migrationConformance } from "./conformance/migrations/migration-conformance";
export {
  type OverdueTimerConformance,
  overdueTimerConformance,
  type StoreOfReminders,
} from "./conformance/overdue-timers/overdue-timer-conformance";
export { serveRemindersUntilStopped } from "./conformance/overdue-timers/serve-reminders-until-stopped";
export { processConformance } from "./conformance/processes/process-conformance";
export { projectionConformance } from "./conformance/projections/projection-conformance";
export { selectionConformance } from "./conformance/selections/selection-conformance";
export { payUntilStopped, serveUntilStopped } from "./conformance/servers/serve-until-stopped";
export { type ServedStore, type ServerConformance, serverConformance } from "./conformance/servers/server-conformance";
export { snapshotConformance } from "./conformance/snapshots/snapshot-conformance";
export { stateConformance } from "./conformance/states/state-conformance";
export { subscriptionConformance } from "./conformance/subscriptions/subscription-conformance";
export { serveTransfersUntilStopped } from "./conformance/transfers/serve-transfers-until-stopped";
export {
  type StoreOfTransfers,
  type TransferConformance,
  transferConformance,
} from "./conformance/transfers/transfer-conformance";
export { uniqueConformance } from "./conformance/unique/unique-conformance";
