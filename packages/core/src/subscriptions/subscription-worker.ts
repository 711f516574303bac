import { StoreUnavailableError } from "../errors/store-unavailable-error";
import type { EventLog } from "../ports/event-log";
import type { OperationStores } from "../ports/operations";
import { clearTimeout, setImmediate, setTimeout } from "../ports/real-timers";
import { reasonOf } from "../wording/in-words";
import type { AppendSigns } from "./append-signs";
import type { Consumer } from "./consumer";
import { Delivery } from "./delivery";
import { pauseMs, pauseUnless } from "./growing-pause";
import { CheckpointLost, HeldCheckpoint, Interrupted, OUTAGE } from "./held-checkpoint";
import type { KnownEvents } from "./known-events";
import type { LaneTurns } from "./lane-turns";
import type { SharedPages } from "./shared-pages";
import { stoppedAt } from "./stopped-at";
import { WantedEventsOf } from "./wanted-events";

interface WorkerParts {
  readonly consumer: Consumer;
  readonly bucket: number;
  /** The turns of its lane; undefined where all of its subscriptions may work at the same time. */
  readonly turns: LaneTurns | undefined;
  readonly operations: OperationStores;
  readonly log: Pick<EventLog, "readAll">;
  readonly pages: SharedPages;
  readonly signs: AppendSigns;
  readonly known: KnownEvents;
  /** How long a checkpoint in other hands has to stand still before it is taken. */
  readonly leaseMs: number;
  /** Called with why the subscription has stopped. */
  readonly stopped: (failure: Error) => void;
  /** Called when the position has moved, or the state has changed. */
  readonly moved: () => void;
  /** Called after each flush. */
  readonly flushed: () => void;
}

/** `standby`: another owner has the checkpoint. */
type WorkerState = "ended" | "running" | "standby" | "stopped";

/** What ends one run of a worker: `end` at the next event, `giveUp` what is in hand. */
interface Life {
  readonly end: AbortController;
  readonly giveUp: AbortController;
}

/** How long `end` waits for work that its signal should have ended. */
const LAST_WAIT_MS = 1_000;

/** Feeds one subscription, from its checkpoint to the end of the log and on. */
export class SubscriptionWorker {
  readonly consumer: Consumer;
  /** Repeats failures without pauses while it is true. */
  isHurried = false;
  #state: WorkerState = "ended";
  #failure: Error | undefined;
  #checkpoint: HeldCheckpoint | undefined;
  #run: Promise<void> | undefined;
  #life: Life = { end: new AbortController(), giveUp: new AbortController() };
  #pause = new AbortController();
  readonly #wanted: WantedEventsOf;

  constructor(private readonly parts: WorkerParts) {
    this.consumer = parts.consumer;
    this.#wanted = new WantedEventsOf(parts.consumer, parts.known);
  }

  get state(): WorkerState {
    return this.#state;
  }

  /** Why it has stopped. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** The position up to which everything is done; undefined while another owner has the checkpoint. */
  get position(): number | undefined {
    return this.#checkpoint?.position;
  }

  /** Starts, unless it runs. One that has stopped starts again before the failed event. */
  start(): void {
    const isEnding = this.#life.end.signal.aborted;
    if (!isEnding && (this.#state === "running" || this.#state === "standby")) return;
    const before = this.#run;
    this.#life = { end: new AbortController(), giveUp: new AbortController() };
    this.#failure = undefined;
    this.#become("running");
    this.#run = this.#live(this.#life, before);
  }

  /** Ends the present pause before a repetition, and has none from now on. */
  hurry(): void {
    this.isHurried = true;
    this.#pause.abort();
  }

  /**
   * Takes no new event, ends what is in hand, and stores the position. After `budgetMs` what is in hand is given up.
   * @returns whether it ended in time.
   */
  async end(budgetMs: number): Promise<boolean> {
    const run = this.#run;
    const { end, giveUp } = this.#life;
    if (run === undefined) return true;
    end.abort();
    this.#pause.abort();
    this.parts.signs.give();
    const isDone = await within(run, budgetMs);
    if (!isDone) {
      giveUp.abort(new Error(`The server has stopped: its ${budgetMs} ms to end what is in hand are over`));
      await within(run, LAST_WAIT_MS);
    }
    return isDone;
  }

  async #live(life: Life, before: Promise<void> | undefined): Promise<void> {
    const { signal } = life.end;
    if (before !== undefined) await within(before, LAST_WAIT_MS);
    let isLost = false;
    let outages = 0;
    while (!signal.aborted) {
      try {
        if (isLost) await this.#standBy(signal);
        isLost = false;
        await this.#own(life, () => (outages = 0));
      } catch (error) {
        if (error instanceof Interrupted) break;
        if (error instanceof CheckpointLost) isLost = true;
        else if (error instanceof StoreUnavailableError) await pauseUnless(signal, pauseMs(OUTAGE, ++outages));
        else {
          this.#failure = error instanceof Error ? error : new Error(reasonOf(error), { cause: error });
          await this.#letGo();
          this.#become("stopped");
          this.parts.stopped(this.#failure);
          return;
        }
      }
    }
    await this.#letGo();
    // It may have been started again meanwhile.
    if (this.#life === life) this.#become("ended");
  }

  /** Claims the checkpoint, and feeds the consumer until the end. */
  async #own({ end: { signal }, giveUp }: Life, advanced: () => void): Promise<void> {
    const { consumer, bucket, operations } = this.parts;
    await this.#letGo();
    const checkpoint = await HeldCheckpoint.claim(operations, consumer.subscription, bucket, signal);
    if (checkpoint === undefined) throw new Error(`No checkpoint was laid for ${consumer.subscription}`);
    this.#checkpoint = checkpoint;
    consumer.forget?.();
    this.#become("running");
    this.parts.moved();
    const delivery = new Delivery(
      {
        consumer,
        signal: giveUp.signal,
        isEnding: () => signal.aborted,
        pause: (ms, cause) => this.#waited(ms, cause, signal),
        flushed: () => this.#flushed(),
        turns: this.parts.turns,
      },
      checkpoint,
    );
    try {
      while (!signal.aborted) {
        await this.#step(checkpoint, delivery, signal);
        advanced();
      }
    } finally {
      this.parts.pages.leave(this);
    }
  }

  /** Reads on, and does what there is. */
  async #step(checkpoint: HeldCheckpoint, delivery: Delivery, end: AbortSignal): Promise<void> {
    const { pages, signs, consumer } = this.parts;
    const page = await pages.behind(checkpoint.position, this);
    const { events, upTo, unknown } = this.#wanted.in(page, checkpoint.position);
    if (events.length > 0) await delivery.deliver(events, upTo);
    if (end.aborted) return;
    if (checkpoint.isLost) throw new CheckpointLost(consumer.subscription);
    if (upTo > checkpoint.position) {
      checkpoint.pass(upTo);
      this.parts.moved();
    }
    if (unknown !== undefined) throw stoppedAt(consumer, unknown.event, 1, unknown);
    if (page.atEnd) await signs.after(page.signs);
    // Others have something to do as well while a subscription catches up.
    else await new Promise<void>((resolve) => setImmediate(resolve));
  }

  #flushed(): void {
    this.parts.flushed();
    this.parts.moved();
  }

  async #waited(ms: number, cause: "failure" | "outage", end: AbortSignal): Promise<void> {
    if (this.isHurried && cause === "failure") return;
    this.#pause = new AbortController();
    if (!end.aborted) await pauseUnless(this.#pause.signal, ms);
  }

  /**
   * Waits until the checkpoint has stood still for the time of a lease although there are events behind it: its owner is gone, then. An
   * owner that has nothing to do stands still as well, and one that is at work for long.
   */
  async #standBy(signal: AbortSignal): Promise<void> {
    const { consumer, bucket, operations, leaseMs } = this.parts;
    this.#checkpoint = undefined;
    this.#become("standby");
    let seen: string | undefined;
    while (!signal.aborted) {
      const found = await operations.subscriptions.checkpoints(consumer.subscription);
      const { position = 0, generation } = found.find((one) => one.bucket === bucket) ?? {};
      const isLeftBehind = await this.#hasEventsBehind(position);
      const now = `${position} ${generation}`;
      if (isLeftBehind && now === seen) return;
      seen = isLeftBehind ? now : undefined;
      await pauseUnless(signal, leaseMs + (consumer.longestCallMs ?? 0));
    }
  }

  async #hasEventsBehind(position: number): Promise<boolean> {
    const { log, consumer } = this.parts;
    const { messages } = await log.readAll({ after: position, limit: 1, categories: consumer.categories });
    return messages.length > 0;
  }

  /** Stores the position as it is. Where that fails, events that are not wanted are only passed over again. */
  async #letGo(): Promise<void> {
    await this.#checkpoint?.store().catch(() => undefined);
  }

  #become(state: WorkerState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.parts.moved();
  }
}

/** @returns whether the work ended in time. */
async function within(work: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const isLate = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), ms)));
  try {
    return await Promise.race([work.then(() => true), isLate]);
  } finally {
    clearTimeout(timer);
  }
}
