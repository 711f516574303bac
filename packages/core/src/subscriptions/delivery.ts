import { DeserializationError } from "../errors/deserialization-error";
import { NotRetryableError } from "../errors/not-retryable-error";
import { StoreUnavailableError } from "../errors/store-unavailable-error";
import { UnknownEventError } from "../errors/unknown-event-error";
import type { Answer } from "../ports/answer";
import type { Operation } from "../ports/operations";
import type { ConsumedEvent } from "./consumed-event";
import type { Consumer, ConsumerFailure, Consumption, Feed } from "./consumer";
import { pauseMs } from "./growing-pause";
import { CheckpointLost, Interrupted, OUTAGE } from "./held-checkpoint";
import type { LaneTurns } from "./lane-turns";
import { stoppedAt } from "./stopped-at";

interface DeliveryParts {
  readonly consumer: Consumer;
  readonly feed: Feed;
  readonly line: DeliveredLine;
  /** Which keys lie in the buckets of the line; undefined for all of them. */
  readonly holds: () => ((key: string) => boolean) | undefined;
  /** Aborted when what is in hand is given up. */
  readonly signal: AbortSignal;
  /** True once nothing new is to be started. */
  readonly isEnding: () => boolean;
  /** Whether the lease of the server has not run out. */
  readonly isAlive: () => boolean;
  /** Waits before a repetition; may end early. */
  readonly pause: (ms: number, cause: "failure" | "outage") => Promise<void>;
  /** Called after each flush. */
  readonly flushed: () => void;
  /** The turns of its lane, one for each batch; undefined where nobody has to wait. */
  readonly turns?: LaneTurns | undefined;
}

/** What a delivery needs of its line. */
export interface DeliveredLine {
  /** Stores operations together with the position, all or none. @throws CheckpointLost, Interrupted; what the store says of them. */
  flush(operations: readonly Operation[], position: number): Promise<void>;
  /** Does what waits for the line to stand still; undefined where nothing does. */
  interlude(): Promise<void> | undefined;
}

/** Gives events to a consumer, stores what comes of them, and repeats what fails. */
export class Delivery {
  constructor(private readonly parts: DeliveryParts) {}

  /**
   * Resolves when all events are done, or the end has come.
   *
   * @param upTo the position that is reached with the last of the events.
   * @throws SubscriptionStoppedError when an event failed for good; CheckpointLost, Interrupted.
   */
  async deliver(events: readonly ConsumedEvent[], upTo: number): Promise<void> {
    const { consumer, line, isEnding } = this.parts;
    let rest = events;
    let attempt = 1;
    let outages = 0;
    let size = consumer.batch;
    while (rest.length > 0 && !isEnding()) {
      const interlude = line.interlude();
      if (interlude !== undefined) await interlude;
      const batch = rest.length > size ? rest.slice(0, size) : rest;
      const consumption = await this.#consumed(batch, attempt);
      let { failure } = consumption;
      const { done } = consumption;
      if (done > 0) {
        const refusal = await this.#flush(consumption, done === rest.length ? upTo : rest[done - 1]!.globalPosition);
        if (refusal !== undefined && done > 1) {
          // Fewer events, until the failing one is alone.
          size = Math.max(1, done >> 1);
          continue;
        }
        if (refusal === undefined) {
          rest = rest.slice(done);
          attempt = 1;
          outages = 0;
          size = Math.min(size * 2, consumer.batch);
        } else failure = refusal;
      } else failure ??= { error: new Error("its consumer did nothing"), isRetryable: false };
      if (failure === undefined || isEnding()) continue;
      if (failure.error instanceof StoreUnavailableError) {
        await this.parts.pause(pauseMs(OUTAGE, ++outages), "outage");
        continue;
      }
      await this.#failed(rest[0]!, failure, attempt++);
    }
  }

  async #consumed(batch: readonly ConsumedEvent[], number: number): Promise<Consumption> {
    const { feed, signal, turns, holds, isAlive: mayGoOn } = this.parts;
    const consume = (): Answer<Consumption> => feed.consume(batch, { number, signal, mayGoOn, takes: holds() });
    try {
      const consumed = turns === undefined ? consume() : turns.take(consume);
      return consumed instanceof Promise ? await consumed : consumed;
    } catch (error) {
      return { done: 0, operations: [], failure: { error, isRetryable: true } };
    }
  }

  /** @returns the failure where the store refuses what is to be stored. */
  async #flush({ operations, stored }: Consumption, position: number): Promise<ConsumerFailure | undefined> {
    try {
      await this.parts.line.flush(operations, position);
    } catch (error) {
      if (error instanceof CheckpointLost || error instanceof Interrupted) throw error;
      return { error, isRetryable: true };
    }
    stored?.();
    this.parts.flushed();
    return undefined;
  }

  async #failed(event: ConsumedEvent, failure: ConsumerFailure, attempt: number): Promise<void> {
    const { consumer, pause } = this.parts;
    const { retry } = consumer;
    if (!failure.isRetryable || isHopeless(failure.error) || attempt > retry.attempts)
      throw stoppedAt(consumer, event, attempt, failure);
    await pause(pauseMs(retry, attempt), "failure");
  }
}

/** Whether another attempt would end the same way. */
function isHopeless(error: unknown): boolean {
  return (
    error instanceof NotRetryableError || error instanceof UnknownEventError || error instanceof DeserializationError
  );
}
