/**
 * What tests a domain, under any test runner.
 *
 * @module @tidemark/testing
 */

export { countingIds } from "./doubles/counting-ids";
export { type FixedClock, fixedClock } from "./doubles/fixed-clock";
export { type Given, given } from "./given/given";
export type { GivenResult } from "./given/given-result";
export { everyRedelivery, type RedeliveryOptions } from "./redelivery/every-redelivery";
