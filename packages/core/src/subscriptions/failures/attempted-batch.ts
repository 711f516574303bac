import { StoreUnavailableError } from "../../errors/store-unavailable-error";
import type { Answer } from "../../ports/answer";
import type { LaneTurns } from "../holding/lane-turns";
import type { StoreBreaker } from "../holding/store-breaker";
import type { ConsumedEvent } from "../reading/consumed-event";
import type { Attempt, Consumption, Feed } from "../reading/consumer";

interface AttemptedParts {
  readonly feed: Feed;
  readonly breaker: StoreBreaker;
  /** The turns of its lane, one for each batch; undefined where nobody has to wait. */
  readonly turns?: LaneTurns | undefined;
}

/** Gives a batch to a consumer. What the consumer throws is a failure of the first event. */
export async function attemptedBatch(
  { feed, turns, breaker }: AttemptedParts,
  batch: readonly ConsumedEvent[],
  attempt: Attempt,
): Promise<Consumption> {
  const consume = (): Answer<Consumption> => feed.consume(batch, attempt);
  let consumption: Consumption;
  try {
    const consumed = turns === undefined ? consume() : turns.take(consume, ({ pending }) => pending?.ended);
    consumption = consumed instanceof Promise ? await consumed : consumed;
  } catch (error) {
    consumption = { done: 0, operations: [], failure: { error, isRetryable: true } };
  }
  // That the store can be reached is known once something is stored.
  if (consumption.failure?.error instanceof StoreUnavailableError) breaker.judge(consumption.failure.error);
  // Without a lease nothing is begun.
  if (attempt.mayGoOn?.() === false) return consumption;
  if (consumption.done > 0 || consumption.failure !== undefined || consumption.pending !== undefined)
    return consumption;
  return { ...consumption, failure: { error: new Error("its consumer did nothing"), isRetryable: false } };
}
