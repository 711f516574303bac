import { ExpectedVersionError } from "../../errors/expected-version-error";
import { OperationConflictError } from "../../errors/operation-conflict-error";
import { StoreUnavailableError } from "../../errors/store-unavailable-error";
import type { EventLog } from "../../ports/event-log";
import type { Operation } from "../../ports/operations";
import type { RecordedMessage } from "../../ports/stored-message";
import type { ParkedKey } from "../../ports/subscription-store";
import { CheckpointLost, Interrupted } from "../holding/held-checkpoint";
import type { HeldLine } from "../holding/held-line";
import type { LaneTurns } from "../holding/lane-turns";
import type { StoreBreaker } from "../holding/store-breaker";
import type { Change } from "../reading/change";
import type { ConsumedEvent } from "../reading/consumed-event";
import type { Consumer, ConsumerFailure, Consumption, Feed } from "../reading/consumer";
import type { WantedEventsOf } from "../reading/wanted-events";
import { attemptedBatch } from "./attempted-batch";
import { parkedKey, putParked, removeParked, storedBy, verdictOn } from "./failed-key";
import type { FailureReports } from "./failure-reports";
import type { KeysAside } from "./keys-aside";
import { foreignKeys } from "./misplaced-event";
import { skippedOnRequest } from "./parked-record";

export interface RetryPassParts {
  readonly consumer: Consumer;
  readonly aside: KeysAside;
  readonly log: Pick<EventLog, "readAll">;
  readonly shared: (message: RecordedMessage) => ConsumedEvent;
  readonly wanted: WantedEventsOf;
  /** The error of an event of a type that the code does not know; undefined for others. */
  readonly unknownError: (event: ConsumedEvent) => Error | undefined;
  readonly breaker: StoreBreaker;
  readonly reports: FailureReports;
  /** How many events are read at once. */
  readonly pageEvents: number;
  /** The turns of its lane; undefined where nobody has to wait. */
  readonly turns?: LaneTurns | undefined;
}

/** How long a line is there. */
export interface LineLife {
  /** Aborted when what is in hand is given up. */
  readonly signal: AbortSignal;
  /** Aborted once nothing new is to be started. */
  readonly end: AbortSignal;
  /** Whether the lease of the server has not run out. */
  readonly isAlive: () => boolean;
}

/** An event, and those of its keys that are done again. */
interface RetriedEvent {
  readonly event: ConsumedEvent;
  readonly keys: readonly string[];
}

/** Somebody has changed what is kept of the keys. */
export class OutdatedPass extends Error {
  override readonly name = "OutdatedPass";
}

/** One reading of the log for some keys that were set aside: their events are done in order; keys that fail leave it. */
export class RetryPass {
  readonly #feed: Feed;
  /** As they are stored. */
  readonly #keys = new Map<string, ParkedKey>();
  /** The keys by the positions that they wait from. */
  readonly #starts = new Map<number, string[]>();
  #isBetween = false;
  /** Whether the batch in hand changes what lies behind keys that are not set aside: the line may know that otherwise. */
  #isForeign = false;

  constructor(
    private readonly parts: RetryPassParts,
    private readonly line: HeldLine,
    private readonly life: LineLife,
    keys: readonly ParkedKey[],
  ) {
    this.#feed = parts.consumer.begin();
    this.#feed.forget();
    for (const parked of keys) this.#begin(parked);
  }

  /**
   * Reads up to where the line is. There the keys come back. Meanwhile the line goes on; it stands still for the last stretch only.
   * @throws OutdatedPass; CheckpointLost, Interrupted; StoreUnavailableError.
   */
  async run(): Promise<void> {
    const { line, parts, life } = this;
    await this.#skip();
    let position = Math.min(...this.#starts.keys()) - 1;
    while (line.position - position > parts.pageEvents && this.#keys.size > 0 && !life.end.aborted)
      position = await this.#stretch(position, line.position, false);
    if (this.#keys.size > 0 && !life.end.aborted)
      await line.between(async () => {
        this.#isBetween = true;
        while (position < line.position && this.#keys.size > 0 && !life.end.aborted)
          position = await this.#stretch(position, line.position, true);
        if (this.#keys.size > 0 && !life.end.aborted) await this.#flush(NOTHING, [], true);
      });
  }

  /** Does the events of one page. @returns how far it reaches. @param isLast whether the keys come back where the line is. */
  async #stretch(after: number, limit: number, isLast: boolean): Promise<number> {
    const { log, consumer, pageEvents, shared, wanted } = this.parts;
    const page = await log.readAll({ after, limit: pageEvents, categories: consumer.categories });
    const upTo = page.atEnd ? limit : Math.min(page.upTo, limit);
    const events = page.messages.filter(({ globalPosition }) => globalPosition <= limit).map(shared);
    await this.#take(
      wanted.withUnknown({ after, upTo, events, atEnd: page.atEnd, signs: 0 }, after).events,
      isLast && upTo === limit,
    );
    return upTo;
  }

  async #take(events: readonly ConsumedEvent[], isLast: boolean): Promise<void> {
    const { consumer, breaker } = this.parts;
    const { end } = this.life;
    let size = consumer.batch;
    let rest = this.#concerned(events);
    while (rest.length > 0) {
      await breaker.ready(end);
      if (end.aborted) return;
      const batch = this.#together(rest, size);
      const consumption = await this.#consumed(batch);
      let { failure } = consumption;
      const { done } = consumption;
      if (done > 0) {
        const refusal = await this.#flush(consumption, batch.slice(0, done), isLast && done === rest.length);
        if (refusal === undefined) {
          rest = rest.slice(done);
          size = Math.min(size * 2, consumer.batch);
        } else if (done > 1 && !(refusal.error instanceof StoreUnavailableError)) {
          size = done >> 1;
          continue;
        } else failure = refusal;
      }
      if (failure === undefined || failure.error instanceof StoreUnavailableError) continue;
      if (failure.among !== undefined && failure.among > 1) {
        size = 1;
        continue;
      }
      const [failed] = rest as [RetriedEvent, ...RetriedEvent[]];
      // Which of them the store does not take is found out by doing one after the other.
      if (failure.key === undefined && failed.keys.length > 1) this.#leave(failed.keys.slice(1));
      else await this.#failed(failed, failure);
      rest = this.#concerned(rest.map(({ event }) => event));
    }
  }

  #concerned(events: readonly ConsumedEvent[]): readonly RetriedEvent[] {
    const found: RetriedEvent[] = [];
    for (const event of events) {
      const keys = this.parts.consumer.keysOf(event).filter((key) => this.#isBehind(key, event));
      // An event that could not be read may have been set aside under another key than those that it has.
      const starts = this.#starts.get(event.globalPosition)?.filter((key) => !keys.includes(key)) ?? [];
      if (keys.length + starts.length > 0) found.push({ event, keys: [...starts, ...keys] });
    }
    return found;
  }

  #isBehind(key: string, { globalPosition }: ConsumedEvent): boolean {
    const parked = this.#keys.get(key);
    return parked !== undefined && parked.position <= globalPosition;
  }

  /** The first events that can be handed over at once: all of their keys wait from the first one, or longer. */
  #together(events: readonly RetriedEvent[], size: number): readonly RetriedEvent[] {
    const [{ event: first }] = events as readonly [RetriedEvent];
    let end = 1;
    const goesAlong = ({ event, keys }: RetriedEvent) =>
      !this.#isAlone(event) && keys.every((key) => this.#isBehind(key, first));
    if (!this.#isAlone(first)) while (end < Math.min(size, events.length) && goesAlong(events[end]!)) end++;
    return events.slice(0, end);
  }

  /** Whether a key is set aside from this event on, or from one before it. */
  #waits(key: string, { globalPosition }: ConsumedEvent): boolean {
    const waiting = this.parts.aside.get(key);
    return waiting !== undefined && waiting.parked.position <= globalPosition;
  }

  #isAlone(event: ConsumedEvent): boolean {
    return this.#starts.has(event.globalPosition) || event.typeNumber === undefined;
  }

  async #consumed(batch: readonly RetriedEvent[]): Promise<Consumption> {
    const { consumer, breaker, turns, unknownError } = this.parts;
    const { signal, isAlive } = this.life;
    const [{ event, keys }] = batch as readonly [RetriedEvent];
    const unknown = event.typeNumber === undefined ? unknownError(event) : undefined;
    if (unknown !== undefined) return failedWith({ error: unknown, key: keys[0]!, isRetryable: false });
    const starting = this.#starts.get(event.globalPosition)?.map((key) => this.#keys.get(key)!) ?? [];
    const foreign = foreignKeys(consumer, event, starting, (key) => this.#waits(key, event));
    if (foreign instanceof Error) return failedWith({ error: foreign, key: starting[0]!.key, isRetryable: false });
    this.#isForeign = foreign !== undefined;
    const number = Math.max(0, ...starting.map(({ attempts }) => attempts)) + 1;
    const takes = (key: string) => foreign?.has(key) === true || this.#isBehind(key, event);
    const attempt = { number, signal, takes, mayGoOn: isAlive };
    return await attemptedBatch(
      { feed: this.#feed, breaker, turns },
      batch.map((each) => each.event),
      attempt,
    );
  }

  /** @returns the failure where the store refuses what is to be stored. @param isEnd whether the keys come back. */
  async #flush(
    { operations, stored }: Pick<Consumption, "operations" | "stored">,
    done: readonly RetriedEvent[],
    isEnd: boolean,
  ): Promise<ConsumerFailure | undefined> {
    const { aside, breaker } = this.parts;
    const moved = isEnd ? [] : this.#moved(done);
    const removed = isEnd ? [...this.#keys.values()] : moved.map(({ from }) => from);
    const puts = moved.map(({ to }) => putParked(to, undefined));
    try {
      await this.#store([...operations, ...removed.map(removeParked), ...puts]);
      breaker.judge(undefined);
    } catch (error) {
      if (isFinal(error)) throw error;
      // The line was quicker with a key that is not set aside: what it has made of it is read again.
      if (this.#isForeign && error instanceof ExpectedVersionError)
        throw new OutdatedPass(error.message, { cause: error });
      breaker.judge(error);
      return { error, isRetryable: true };
    }
    stored?.();
    if (this.#isForeign) aside.noteOthers();
    this.#leave(removed.map(({ key }) => key));
    if (isEnd) for (const { key } of removed) aside.remove(key);
    for (const put of puts) this.#begin(this.#noted(storedBy(put)));
    return undefined;
  }

  /** The keys of done events, which wait from behind the last of them now. */
  #moved(done: readonly RetriedEvent[]) {
    const positions = new Map<string, number>();
    for (const { event, keys } of done) for (const key of keys) positions.set(key, event.globalPosition + 1);
    return Array.from(positions, ([key, position]) => {
      const from = this.#keys.get(key)!;
      const { revision, ...parked } = from;
      return { from, to: { ...parked, position, attempts: 0 } };
    });
  }

  /** Keeps that an event has failed again. */
  async #failed({ event, keys }: RetriedEvent, failure: ConsumerFailure): Promise<void> {
    const { consumer, reports } = this.parts;
    const key = failure.key !== undefined && keys.includes(failure.key) ? failure.key : keys[0]!;
    const from = this.#keys.get(key)!;
    const before = from.position === event.globalPosition ? from : undefined;
    const failed = { event, key, failure, attempts: (before?.attempts ?? 0) + 1 };
    const verdict = verdictOn(consumer, failed);
    const state = verdict === "again" ? "waiting" : verdict === "skip" ? "skipped" : "parked";
    const parked = parkedKey(consumer, failed, state, { before });
    const put = putParked(parked, before);
    const operations: Operation[] = before === undefined ? [removeParked(from), put] : [put];
    if (state === "skipped") await this.#passOver(from, event.globalPosition, operations);
    else {
      await this.#store(operations);
      this.#leave([key]);
      this.#noted(storedBy(put));
    }
    if (state === "skipped") reports.skipped(consumer, parked, failure.error);
    else if (state === "parked") reports.parked(consumer, parked, failure.error);
    else reports.waits(consumer, parked, failure.error);
  }

  /** Passes over the events that operators want skipped. */
  async #skip(): Promise<void> {
    const { consumer, reports } = this.parts;
    for (const parked of [...this.#keys.values()]) {
      if (parked.state !== "skip") continue;
      const skipped = skippedOnRequest(parked);
      await this.#passOver(parked, parked.position, [putParked(skipped, parked)]);
      reports.skipped(consumer, skipped, undefined);
    }
  }

  /** Stores that an event was passed over; its key waits from behind it. */
  async #passOver(from: ParkedKey, position: number, operations: readonly Operation[]): Promise<void> {
    const { revision, ...parked } = from;
    const state = from.state === "skip" ? "retry" : from.state;
    const put = putParked({ ...parked, state, position: position + 1, attempts: 0 }, undefined);
    await this.#store([...operations, put]);
    this.#leave([from.key]);
    this.#begin(this.#noted(storedBy(put)));
  }

  async #store(operations: readonly Change[]): Promise<void> {
    const { line } = this;
    const store = async () => {
      // What the line has given up meanwhile is fenced by nothing that it has.
      for (const key of this.#keys.keys()) if (!line.holds(key)) throw new OutdatedPass("Its bucket was given up");
      await line.store(operations);
    };
    try {
      await (this.#isBetween ? store() : line.between(store));
      this.parts.breaker.judge(undefined);
    } catch (error) {
      if (error instanceof OperationConflictError) throw new OutdatedPass(error.message, { cause: error });
      throw error;
    }
  }

  #begin(parked: ParkedKey): void {
    this.#keys.set(parked.key, parked);
    const starting = this.#starts.get(parked.position);
    if (starting === undefined) this.#starts.set(parked.position, [parked.key]);
    else starting.push(parked.key);
  }

  #leave(keys: readonly string[]): void {
    for (const key of keys) {
      const parked = this.#keys.get(key);
      if (parked === undefined) continue;
      this.#keys.delete(key);
      const starting = this.#starts.get(parked.position)!.filter((one) => one !== key);
      if (starting.length === 0) this.#starts.delete(parked.position);
      else this.#starts.set(parked.position, starting);
    }
  }

  #noted(parked: ParkedKey): ParkedKey {
    this.parts.aside.set(parked);
    return parked;
  }
}

const NOTHING = { operations: [] };

function failedWith(failure: ConsumerFailure): Consumption {
  return { done: 0, operations: [], failure };
}

function isFinal(error: unknown): boolean {
  return error instanceof CheckpointLost || error instanceof Interrupted || error instanceof OutdatedPass;
}
