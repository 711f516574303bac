/**
 * What `@tidemark/testing` stands on: `@tidemark/core/testing`. Not for applications; it changes with any release.
 */
export { durationMs } from "./config/duration";
export { domainsOf, hasResolver, isolatedDomain, processRehearsal } from "./domain/domain";
export type { IsolatedDomain, PastEvent } from "./domain/isolated-domain";
export type { IsolatedHandler } from "./domain/isolated-handler";
export type { ProjectionReplay, ReplayedTable } from "./domain/projection-replay";
export { elementMarks } from "./metadata/element-mark";
export type { ProcessRehearsal, RehearsedCommand, RehearsedTimer } from "./process-managers/process-rehearsal";
export { firstIdentifier } from "./schema/identifier";
