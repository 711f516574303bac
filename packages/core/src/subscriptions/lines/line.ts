import { StoreUnavailableError } from "../../errors/store-unavailable-error";
import { OUTAGE, pauseMs, pauseUnless } from "../../patience/growing-pause";
import type { Answer } from "../../ports/answer";
import { bucketOf } from "../../ports/buckets";
import { now, setImmediate } from "../../ports/real-timers";
import type { SubscriptionStore } from "../../ports/subscription-store";
import { type DeliveredLine, Delivery, type DeliveryParts } from "../failures/delivery";
import type { LineLife } from "../failures/retry-pass";
import { type BucketsInHand, CheckpointLost, HeldCheckpoint, Interrupted } from "../holding/held-checkpoint";
import type { HeldLine } from "../holding/held-line";
import type { LaneTurns } from "../holding/lane-turns";
import { LineTurn } from "../holding/line-turn";
import type { AppendSigns } from "../reading/append-signs";
import type { Change } from "../reading/change";
import type { ConsumedEvent } from "../reading/consumed-event";
import type { Consumer, Feed } from "../reading/consumer";
import type { Page, SharedPages } from "../reading/shared-pages";
import type { WantedEvents } from "../reading/wanted-events";

/** How long a line waits for a call before the buckets of others part, and where calls have just taken that long. */
const PATIENCE_MS = 20;
const LITTLE_PATIENCE_MS = 1;

/** How often a line looks whether it has been told that its lease has run out. */
const UNTIL_LOST_MS = 10;

export interface LineParts {
  readonly consumer: Consumer;
  /** How many buckets the subscription has. */
  readonly buckets: number;
  readonly subscriptions: Pick<SubscriptionStore, "checkpoints">;
  readonly flush: (operations: readonly Change[]) => Answer<void>;
  readonly pages: SharedPages;
  readonly signs: AppendSigns;
  /** The turns of its lane; undefined where nobody has to wait. */
  readonly turns: LaneTurns | undefined;
  /** The events of a page behind a position that are for a line. */
  readonly eventsIn: (page: Page, line: Line) => WantedEvents;
  /** What becomes of events that fail. */
  readonly failing: Pick<DeliveryParts, "store" | "aside" | "breaker" | "reports" | "maxKeys" | "unknownError">;
  /** Whether the lease of the server has not run out. */
  readonly isAlive: () => boolean;
  /** Whether failures are repeated without pauses. */
  readonly isHurried: () => boolean;
  /** Whether buckets may go on in another line now. */
  readonly mayPart: () => boolean;
  /** Makes a line of buckets that a slow call is not to hold up. */
  readonly parted: (from: Line, buckets: BucketsInHand) => void;
  /** Called when the position has moved. */
  readonly moved: () => void;
  /** Called after each flush. */
  readonly flushed: () => void;
}

/** The other lines of the same subscription. */
export interface Meeting {
  /** Whether another line has taken over the buckets of this one. */
  hasMet(line: Line): Answer<boolean>;
  /** Where the line is to look again whether it meets another one. */
  next(line: Line): number;
}

let lines = 0;

/** Buckets of one subscription in this process that are fed together. */
export class Line implements HeldLine, DeliveredLine {
  /** Grows from line to line. */
  readonly number = lines++;
  readonly #feed: Feed;
  readonly #checkpoint: HeldCheckpoint;
  readonly #delivery: Delivery;
  readonly #turn = new LineTurn();
  readonly #end = new AbortController();
  readonly #giveUp = new AbortController();
  #pause = new AbortController();
  #isOver = false;
  /** What is under way; it never rejects. */
  #work: Promise<void> = Promise.resolve();
  /** What is under way for keys that were set aside; it never rejects. */
  readonly #retries = new Set<Promise<void>>();

  #patienceMs: number;

  /** @param isLate whether it comes of a line in which a call has taken its time. */
  constructor(
    private readonly parts: LineParts,
    buckets: BucketsInHand,
    { isLate = false } = {},
  ) {
    this.#patienceMs = isLate ? LITTLE_PATIENCE_MS : PATIENCE_MS;
    const { consumer, subscriptions, flush, flushed, turns, isAlive, isHurried, moved, failing } = parts;
    const { subscription } = consumer;
    this.#checkpoint = new HeldCheckpoint(
      { flush, subscriptions, subscription, end: this.#end.signal, breaker: failing.breaker },
      buckets,
    );
    this.#feed = consumer.begin();
    this.#feed.forget();
    this.#delivery = new Delivery({
      ...failing,
      consumer,
      feed: this.#feed,
      line: this,
      holds: () => this.#holds,
      patience: () => (consumer.isGrouped || this.size === 1 || !parts.mayPart() ? undefined : this.#patienceMs),
      part: (events) => this.#part(events),
      signal: this.#giveUp.signal,
      end: this.#end.signal,
      isAlive,
      isHurried,
      pause: (ms) => this.#paused(ms),
      flushed: () => {
        flushed();
        moved();
      },
      turns,
    });
  }

  get position(): number {
    return this.#checkpoint.position;
  }

  /** Its buckets, in no order. */
  get buckets(): readonly number[] {
    return [...this.#checkpoint.buckets.keys()];
  }

  /** How many they are. */
  get size(): number {
    return this.#checkpoint.buckets.size;
  }

  get isEnding(): boolean {
    return this.#end.signal.aborted;
  }

  /** Whether it has a batch in hand, or stands still for a work. */
  get isBusy(): boolean {
    return this.#turn.isTaken;
  }

  /** Whether it has no buckets any more: another line has them, or another server. */
  get isOver(): boolean {
    return this.#isOver;
  }

  has(bucket: number): boolean {
    return this.#checkpoint.buckets.has(bucket);
  }

  holds(key: string): boolean {
    return this.has(bucketOf(key, this.parts.buckets));
  }

  between<T>(work: () => Promise<T>): Promise<T> {
    return this.#turn.between(async () => {
      if (this.#isOver) throw new Interrupted("The line has ended");
      return await work();
    });
  }

  async store(operations: readonly Change[]): Promise<void> {
    await this.#checkpoint.flush(operations, this.#checkpoint.position);
  }

  async flush(operations: readonly Change[], position: number): Promise<void> {
    await this.#checkpoint.flush(operations, position);
  }

  /** How long it is there, for what is done beside it. */
  get life(): LineLife {
    return { signal: this.#giveUp.signal, end: this.#end.signal, isAlive: this.parts.isAlive };
  }

  /** Does a work for keys that were set aside. The line is not over before it has ended. */
  beside(work: () => Promise<void>): Promise<void> {
    const working = work();
    const ended = working.catch(() => undefined).finally(() => this.#retries.delete(ended));
    this.#retries.add(ended);
    return working;
  }

  interlude(): Promise<void> | undefined {
    return this.#turn.interlude();
  }

  /** Ends the present pause before a repetition. */
  hurry(): void {
    this.#pause.abort();
  }

  /**
   * Reads by itself, from its position on, until it has met others.
   * @throws SubscriptionStoppedError when an event failed for good; CheckpointLost, Interrupted.
   */
  goAlone(meeting: Meeting): Promise<void> {
    const going = this.#work.then(() => this.#goAlone(meeting));
    this.#work = going.catch(() => undefined);
    return going;
  }

  /** Takes the events of one page up to a position. Without a lease it takes none, and leaves others the time to renew it. */
  async advance(limit: number): Promise<Page> {
    if (!this.parts.isAlive()) await pauseUnless(this.#end.signal, UNTIL_LOST_MS);
    const page = await this.parts.pages.behind(this.position, this);
    await this.#turn.step(() => this.#take(page, limit));
    return page;
  }

  /** Takes over the buckets of another line that stands at the same position, while both stand still. */
  async absorb(other: Line): Promise<void> {
    await this.#checkpoint.absorb(other.#checkpoint);
    other.#isOver = true;
    this.#feed.forget();
  }

  /** Has these buckets no more; they stay at the line's position. @returns those that no other line has taken over meanwhile. */
  async giveUp(buckets: readonly number[]): Promise<readonly number[]> {
    return await this.between(() => this.#checkpoint.giveUp(buckets));
  }

  /** Stores the position, where events have only been passed over. */
  async storePosition(): Promise<void> {
    await this.#checkpoint.store();
  }

  /** Takes no new event from now on. */
  stop(): void {
    this.#end.abort();
    this.#pause.abort();
    this.parts.signs.give();
  }

  /** Takes no new event. Resolves when what is in hand has ended, and the position is stored where that is possible. */
  async end(): Promise<void> {
    this.stop();
    await this.#work;
    await Promise.all(this.#retries);
    this.#isOver = true;
    await this.#checkpoint.store().catch(() => undefined);
  }

  /** Gives up what is in hand. */
  abort(reason: Error): void {
    this.#end.abort();
    this.#pause.abort();
    this.#giveUp.abort(reason);
  }

  async #goAlone(meeting: Meeting): Promise<void> {
    const { pages, signs } = this.parts;
    let outages = 0;
    try {
      while (!this.isEnding) {
        try {
          const met = meeting.hasMet(this);
          if (met instanceof Promise ? await met : met) return;
          const page = await this.advance(meeting.next(this));
          outages = 0;
          if (this.isEnding || this.#isOver) return;
          // Others have something to do as well while a line catches up.
          if (!page.atEnd || this.position < page.upTo || Number.isFinite(meeting.next(this)))
            await new Promise<void>((resolve) => setImmediate(resolve));
          else await signs.after(page.signs);
        } catch (error) {
          if (!(error instanceof StoreUnavailableError)) throw error;
          await pauseUnless(this.#end.signal, pauseMs(OUTAGE, ++outages));
        }
      }
    } finally {
      pages.leave(this);
    }
  }

  async #take(page: Page, limit: number): Promise<void> {
    const { consumer, eventsIn, isAlive, moved } = this.parts;
    if (this.isEnding || !isAlive()) return;
    const { events, upTo } = upToLimit(eventsIn(page, this), limit);
    const began = now();
    if (events.length > 0) await this.#delivery.deliver(events, upTo);
    this.#learn(events.length, now() - began);
    if (this.isEnding || !isAlive()) return;
    if (this.#checkpoint.isLost) throw new CheckpointLost(consumer.subscription);
    if (upTo > this.#checkpoint.position) {
      this.#checkpoint.pass(upTo);
      moved();
    }
  }

  /** Calls that have just taken their time will take it again: the next one need not be waited for before others go on. */
  #learn(events: number, tookMs: number): void {
    if (events === 0) return;
    const isSlow = tookMs >= PATIENCE_MS && tookMs / events >= LITTLE_PATIENCE_MS;
    this.#patienceMs = isSlow ? LITTLE_PATIENCE_MS : PATIENCE_MS;
  }

  /** Lets the buckets that none of these events is for go on in a line of their own. */
  async #part(events: readonly ConsumedEvent[]): Promise<void> {
    const { consumer, buckets, parted } = this.parts;
    if (this.isEnding) return;
    const kept = new Set(events.flatMap((event) => consumer.keysOf(event).map((key) => bucketOf(key, buckets))));
    const others = this.buckets.filter((bucket) => !kept.has(bucket));
    if (others.length > 0 && others.length < this.size) parted(this, await this.#checkpoint.part(others));
  }

  async #paused(ms: number): Promise<void> {
    if (this.isEnding || this.parts.isHurried()) return;
    this.#pause = new AbortController();
    await pauseUnless(this.#pause.signal, ms);
  }

  get #holds(): ((key: string) => boolean) | undefined {
    const { consumer, buckets } = this.parts;
    if (consumer.isOneLine || this.size === buckets) return undefined;
    return (key) => this.holds(key);
  }
}

function upToLimit(wanted: WantedEvents, limit: number): WantedEvents {
  if (wanted.upTo <= limit) return wanted;
  const events = wanted.events.filter(({ globalPosition }) => globalPosition <= limit);
  return { events, upTo: limit };
}
