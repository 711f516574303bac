/**
 * What tests a domain, under any test runner.
 *
 * @module @tidemark/testing
 */

export { countingIds } from "./doubles/counting-ids";
export { type FixedClock, fixedClock } from "./doubles/fixed-clock";
export { type Given, given } from "./given/given";
export type { GivenEvents } from "./given/given-events";
export type { GivenHandler } from "./given/given-handler";
export type { GivenProcess } from "./given/given-process";
export type { GivenResult } from "./given/given-result";
export type { HandledResult } from "./given/handled-result";
export { type FiredTimer, type RejectedCommand, rejected, timer } from "./given/process-input";
export type { IssuedByProcess, ProcessResult, SetTimerOfProcess } from "./given/process-result";
export type { Projected } from "./given/projected";
export type { RecordedCall } from "./given/recorded-calls";
export { everyRedelivery, type RedeliveryOptions } from "./redelivery/every-redelivery";
