import { ExpectedVersionError } from "../../errors/expected-version-error";
import { OperationConflictError } from "../../errors/operation-conflict-error";
import { StoreUnavailableError } from "../../errors/store-unavailable-error";
import { now } from "../../ports/real-timers";
import type { ParkedKey, SubscriptionStore } from "../../ports/subscription-store";
import { CheckpointLost, Interrupted } from "../holding/held-checkpoint";
import type { LaneTurns } from "../holding/lane-turns";
import type { StoreBreaker } from "../holding/store-breaker";
import type { Change } from "../reading/change";
import type { ConsumedEvent } from "../reading/consumed-event";
import type { Attempt, Consumer, ConsumerFailure, Consumption, Feed, PendingCall } from "../reading/consumer";
import { attemptedBatch } from "./attempted-batch";
import { type FailedKey, parkedKey, putParked, removeParked, staysInPlace, storedBy, verdictOn } from "./failed-key";
import type { FailureReports } from "./failure-reports";
import type { KeysAside } from "./keys-aside";
import { isInPlace, skippedOnRequest } from "./parked-record";
import { PresentEvent } from "./present-event";
import { stoppedAt, stoppedFull } from "./stopped-at";

export interface DeliveryParts {
  readonly consumer: Consumer;
  readonly feed: Feed;
  readonly line: DeliveredLine;
  readonly store: Pick<SubscriptionStore, "parked">;
  readonly aside: KeysAside;
  readonly breaker: StoreBreaker;
  readonly reports: FailureReports;
  /** How many keys may be set aside. */
  readonly maxKeys: number;
  /** Tells which keys are of this line; undefined where all are. Asked before each batch. */
  readonly holds: () => ((key: string) => boolean) | undefined;
  /** How long to wait for a call before the others part; undefined where there is nobody to part. Asked before each batch. */
  readonly patience: () => number | undefined;
  /** Lets the buckets that none of these events is for go on in a line of their own. */
  readonly part: (events: readonly ConsumedEvent[]) => Promise<void>;
  /** The error of an event of a type that the code does not know; undefined for others. */
  readonly unknownError: (event: ConsumedEvent) => Error | undefined;
  /** Aborted when what is in hand is given up. */
  readonly signal: AbortSignal;
  /** Aborted once nothing new is to be started. */
  readonly end: AbortSignal;
  /** Whether the lease of the server has not run out. */
  readonly isAlive: () => boolean;
  /** Whether failures are repeated without pauses. */
  readonly isHurried: () => boolean;
  /** Waits before a repetition; may end early. */
  readonly pause: (ms: number) => Promise<void>;
  /** Called after each flush. */
  readonly flushed: () => void;
  /** The turns of its lane, one for each batch; undefined where nobody has to wait. */
  readonly turns?: LaneTurns | undefined;
}

/** What a delivery needs of its line. */
export interface DeliveredLine {
  readonly position: number;
  /** Stores operations together with the position, all or none. @throws CheckpointLost, Interrupted; what the store says of the operations. */
  flush(operations: readonly Change[], position: number): Promise<void>;
  /** Does what waits for the line to stand still; undefined where nothing does. */
  interlude(): Promise<void> | undefined;
}

/** Gives the events of one line to a consumer, stores what comes of them, and sets the keys of those aside that fail. */
export class Delivery {
  /** How many keys had come back when the feed last forgot what it knew of the store. */
  #returned: number;

  constructor(private readonly parts: DeliveryParts) {
    this.#returned = parts.aside.returned;
  }

  /**
   * Resolves when all events are done or set aside, or the end has come.
   *
   * @param upTo the position that is reached with the last of the events.
   * @throws SubscriptionStoppedError when an event failed for good, and its subscription is to halt; CheckpointLost, Interrupted.
   */
  async deliver(events: readonly ConsumedEvent[], upTo: number): Promise<void> {
    const { consumer, line, end, breaker } = this.parts;
    let rest = events;
    let size = consumer.batch;
    let present = new PresentEvent();
    while (rest.length > 0 && !this.#isEnding) {
      const event = rest[0]!;
      const interlude = line.interlude();
      if (interlude !== undefined) await interlude;
      if (breaker.isOpen) await breaker.ready(end);
      if (this.parts.aside.hasInPlace) await this.#untilDue(event, present);
      if (this.#isEnding) return;
      let consumption = await this.#consumed(this.#together(rest, present.isSpecial ? 1 : size), present);
      if (consumption.pending !== undefined) {
        if (consumption.done > 0) {
          const reached = consumption.pending.events[0]!.globalPosition - 1;
          const refusal = await this.#flush(consumption, present, reached);
          if (refusal !== undefined) {
            await consumption.pending.ended;
            continue;
          }
          rest = rest.slice(consumption.done);
          present = new PresentEvent();
        }
        consumption = await this.#ended(consumption.pending, rest);
      }
      const { done } = consumption;
      let { failure } = consumption;
      if (done > 0) {
        const position = done === rest.length ? upTo : rest[done - 1]!.globalPosition;
        const refusal = await this.#flush(consumption, present, position);
        if (refusal === undefined) {
          rest = rest.slice(done);
          present = new PresentEvent();
          size = Math.min(size * 2, consumer.batch);
        } else if (refusal.error instanceof StoreUnavailableError || (await this.#isOutdated(refusal, present)))
          continue;
        else if (done > 1) {
          // Fewer events, until the failing one is alone.
          size = Math.max(1, done >> 1);
          continue;
        } else if (present.isSpecial && consumption.operations.length === 0)
          // Not even that it failed can be stored.
          throw stoppedAt(consumer, event, 1, refusal);
        else if (await this.#doneWithoutOne({ event, failure: refusal }, present, position)) {
          rest = rest.slice(1);
          present = new PresentEvent();
        } else failure = refusal;
      }
      if (failure === undefined || this.#isEnding || failure.error instanceof StoreUnavailableError) continue;
      // One call took several events: each alone shows which one is to blame.
      if (failure.among !== undefined && failure.among > 1) size = 1;
      else await this.#failed(rest[0]!, failure, present);
    }
  }

  /** Lets others go on while a call takes its time. @returns what came of it, in terms of all events that are left. */
  async #ended({ events, ended }: PendingCall, rest: readonly ConsumedEvent[]): Promise<Consumption> {
    await this.parts.part(events);
    const consumption = await ended;
    const last = consumption.done === 0 ? undefined : events[consumption.done - 1];
    return { ...consumption, done: last === undefined ? 0 : rest.indexOf(last) + 1 };
  }

  get #isEnding(): boolean {
    const { end, isAlive } = this.parts;
    return end.aborted || !isAlive();
  }

  /** The first events that can be handed over at once: an event that is special in any way is alone. */
  #together(events: readonly ConsumedEvent[], size: number): readonly ConsumedEvent[] {
    const { aside, unknownError } = this.parts;
    let end = 1;
    const limit = Math.min(size, events.length);
    const isAlone = (event: ConsumedEvent) =>
      (event.typeNumber === undefined && unknownError(event) !== undefined) ||
      (aside.hasInPlace && aside.inPlaceAt(event.globalPosition) !== undefined);
    if (!isAlone(events[0]!)) while (end < limit && !isAlone(events[end]!)) end++;
    return end === events.length ? events : events.slice(0, end);
  }

  async #consumed(batch: readonly ConsumedEvent[], present: PresentEvent): Promise<Consumption> {
    const { consumer, feed, signal, turns, breaker, unknownError, aside, isAlive: mayGoOn } = this.parts;
    const [event] = batch as readonly [ConsumedEvent];
    const takes = this.#takes(present);
    if (takes !== undefined && batch.length === 1 && !consumer.keysOf(event).some(takes)) return DONE;
    const unknown = event.typeNumber === undefined ? unknownError(event) : undefined;
    if (unknown !== undefined) return { done: 0, operations: [], failure: { error: unknown, isRetryable: false } };
    if (aside.returned !== this.#returned) {
      this.#returned = aside.returned;
      feed.forget();
    }
    const number = (aside.inPlaceAt(event.globalPosition)?.parked.attempts ?? 0) + 1;
    const patienceMs = this.parts.patience();
    return await attemptedBatch({ feed, breaker, turns }, batch, { number, signal, takes, mayGoOn, patienceMs });
  }

  #takes({ without }: PresentEvent): Attempt["takes"] {
    const held = this.parts.holds();
    const notAside = this.parts.aside.takes();
    if (without.size === 0) {
      if (held === undefined) return notAside;
      if (notAside === undefined) return held;
    }
    return (key) => !without.has(key) && (held?.(key) ?? true) && (notAside?.(key) ?? true);
  }

  /** @returns the failure where the store refuses what is to be stored. */
  async #flush(
    { operations, stored }: Consumption,
    present: PresentEvent,
    position: number,
  ): Promise<ConsumerFailure | undefined> {
    const { aside, breaker, consumer, flushed, reports } = this.parts;
    const repeated = aside.inPlaceWithin(this.parts.line.position, position, this.parts.holds());
    const kept = new Set(present.puts.map(({ parked }) => parked.key));
    const removals = repeated.filter(({ parked }) => !kept.has(parked.key)).map(({ parked }) => removeParked(parked));
    try {
      await this.parts.line.flush([...operations, ...removals, ...present.puts], position);
      breaker.judge(undefined);
    } catch (error) {
      if (error instanceof CheckpointLost || error instanceof Interrupted) throw error;
      breaker.judge(error);
      return { error, isRetryable: true };
    }
    stored?.();
    for (const { parked } of repeated) aside.forgetInPlace(parked.key);
    for (const { put, error } of present.failures) {
      const { parked } = put;
      if (parked.state !== "skipped") aside.set(storedBy(put));
      if (parked.state === "skipped") reports.skipped(consumer, parked, error);
      else if (parked.state === "parked") reports.parked(consumer, parked, error);
      else reports.waits(consumer, parked, error);
    }
    flushed();
    if (present.hasParked) await this.#refuseTooMany();
    return undefined;
  }

  /** @throws SubscriptionStoppedError */
  async #refuseTooMany(): Promise<void> {
    const { aside, consumer, maxKeys } = this.parts;
    const count = (await this.#read(() => aside.count())) ?? 0;
    if (count >= maxKeys) throw stoppedFull(consumer, { count, position: this.parts.line.position });
  }

  /**
   * Whether a refusal only means that somebody else has changed what is kept of a key, such as an operator who asks for it. What is kept is
   * read again then.
   */
  async #isOutdated({ error }: ConsumerFailure, present: PresentEvent): Promise<boolean> {
    if (present.isOutdated) return false;
    if (error instanceof ExpectedVersionError) {
      // A late event of a key may have changed its state beside the line, which has forgotten it now.
      present.isOutdated = true;
      return true;
    }
    if (!(error instanceof OperationConflictError)) return false;
    const { aside } = this.parts;
    const keys = [...present.without, ...aside.keysInPlace(this.parts.holds())];
    if (keys.length === 0) return false;
    await this.#read(() => aside.reload(keys));
    present.clear();
    present.isOutdated = true;
    return true;
  }

  /**
   * Finds which key of an event the store does not take, by doing the event without each of them in turn.
   * @returns whether the event is done, without that key.
   */
  async #doneWithoutOne(
    { event, failure }: Pick<FailedKey, "event" | "failure">,
    present: PresentEvent,
    position: number,
  ): Promise<boolean> {
    const keys = this.#keysOf(event, present);
    if (keys.length < 2 || staysInPlace(this.parts.consumer)) return false;
    for (const key of keys) {
      const trial = present.copy();
      await this.#failed(event, { ...failure, key }, trial);
      const consumption = await this.#consumed([event], trial);
      if (consumption.done === 1 && (await this.#flush(consumption, trial, position)) === undefined) return true;
    }
    return false;
  }

  /** The keys of an event that are to be done. */
  #keysOf(event: ConsumedEvent, present: PresentEvent): readonly string[] {
    const takes = this.#takes(present);
    const keys = this.parts.consumer.keysOf(event);
    return takes === undefined ? keys : keys.filter(takes);
  }

  /** Waits where the event has failed before and is repeated where it stands; skips it where somebody has asked for that. */
  async #untilDue(event: ConsumedEvent, present: PresentEvent): Promise<void> {
    const { aside, line, pause, isHurried } = this.parts;
    if (present.isSpecial) return;
    const repeated = () => aside.inPlaceAt(event.globalPosition);
    // In small pieces, because somebody may ask for it meanwhile, or need the line to stand still.
    for (;;) {
      const leftMs = (repeated()?.dueAt ?? 0) - now();
      if (leftMs <= 0 || isHurried() || this.#isEnding) break;
      await pause(Math.min(leftMs, PIECE_MS));
      await line.interlude();
    }
    const parked = repeated()?.parked;
    if (parked?.state === "skip") present.add({ put: putParked(skippedOnRequest(parked), parked), error: undefined });
  }

  /** Decides what becomes of an event that failed for one of its keys. */
  async #failed(event: ConsumedEvent, failure: ConsumerFailure, present: PresentEvent): Promise<void> {
    const { consumer, aside, maxKeys } = this.parts;
    const key = failure.key ?? this.#keysOf(event, present)[0] ?? consumer.keysOf(event)[0]!;
    const before = await this.#storedOf(key, event.globalPosition);
    // The store could not be asked: the event is done again, as if nothing had happened.
    if (before === "unavailable") return;
    const isRepeated = before !== undefined && isInPlace(before);
    const failed: FailedKey = { event, key, failure, attempts: (isRepeated ? before.attempts : 0) + 1 };
    const verdict = verdictOn(consumer, failed);
    if (verdict === "halt") {
      if (isRepeated) await this.#keepInPlace([removeParked(before)]);
      aside.forgetInPlace(key);
      throw stoppedAt(consumer, event, failed.attempts, failure);
    }
    const isFull = async () => ((await this.#read(() => aside.count())) ?? 0) >= maxKeys;
    if (verdict === "again" && (staysInPlace(consumer) || (await isFull()))) await this.#repeatInPlace(failed, before);
    else {
      const state = verdict === "again" ? "waiting" : verdict === "park" ? "parked" : "skipped";
      present.add({ put: putParked(parkedKey(consumer, failed, state, { before }), before), error: failure.error });
    }
  }

  /** Keeps the number of attempts; the event is given to the consumer again when its time has come. */
  async #repeatInPlace(failed: FailedKey, before: ParkedKey | undefined): Promise<void> {
    const { consumer, aside, reports } = this.parts;
    const put = putParked(parkedKey(consumer, failed, "waiting", { inPlace: true, before }), before);
    if (!(await this.#keepInPlace([put]))) return;
    aside.set(storedBy(put));
    reports.waits(consumer, put.parked, failed.failure.error, { inPlace: true });
  }

  /** Stores what is kept of an event that the line stands before. @returns whether that went well; the event is done again where not. */
  async #keepInPlace(operations: readonly Change[]): Promise<boolean> {
    try {
      await this.parts.line.flush(operations, this.parts.line.position);
      this.parts.breaker.judge(undefined);
      return true;
    } catch (error) {
      if (error instanceof StoreUnavailableError) this.parts.breaker.judge(error);
      else if (!(error instanceof OperationConflictError)) throw error;
      return false;
    }
  }

  async #storedOf(key: string, position: number): Promise<ParkedKey | undefined | "unavailable"> {
    const { store, consumer } = this.parts;
    const { subscription } = consumer;
    const found = await this.#read(async () => await store.parked({ subscription, keys: [key] }));
    return found === undefined ? "unavailable" : found.find((one) => one.position === position);
  }

  /** @returns undefined where the store cannot be reached. */
  async #read<T>(read: () => Promise<T>): Promise<T | undefined> {
    try {
      const found = await read();
      this.parts.breaker.judge(undefined);
      return found;
    } catch (error) {
      this.parts.breaker.judge(error);
      if (error instanceof StoreUnavailableError) return undefined;
      throw error;
    }
  }
}

/** How long a pause goes on before the line looks around. */
const PIECE_MS = 250;

const DONE: Consumption = { done: 1, operations: [] };
