import { type HandledEvent, handledEvent } from "../causation/handled-event";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { UnitsOfWork } from "../unit-of-work/units-of-work";
import type { Engine } from "./engine";
import { settledEnd } from "./settled-end";
import type { Waiting } from "./waiting";

/** How many reactions may follow from each other, before they count as endless. */
const MAX_DEPTH = 1_000;
/** Where each event causes several, their number grows faster than that: so many reactions may be deeper than this. */
const DEEP = 10;
const MAX_DEEP = 10_000;

/** Runs the subscriptions of one process until nothing is left. */
export class CatchUp {
  /** Those under way. */
  readonly #runs = new Set<Reactions>();

  constructor(
    private readonly engine: Engine,
    private readonly waiting: Waiting,
    private readonly units: Pick<UnitsOfWork, "position">,
  ) {}

  /** Notes that the running code has appended events up to a position. */
  noteCommit(position: number): void {
    const handled = handledEvent();
    if (handled === undefined) return;
    for (const run of this.#runs) run.add(handled, position);
  }

  /** @throws SubscriptionStoppedError; IncorrectUsageError for handlers that cause events without end. */
  async run(): Promise<void> {
    const { engine } = this;
    const consumers = engine.consumers.filter((consumer) => !engine.isPaused(consumer));
    if (consumers.length === 0) return;
    let end = await this.#end(0);
    const reactions = new Reactions(end);
    this.#runs.add(reactions);
    const release = await engine.hold(consumers);
    const letSleep = engine.signs.keepAlive();
    const workers = consumers.map(({ subscription }) => engine.workers.get(subscription)!);
    for (const worker of workers) worker.hurry();
    try {
      for (let before = -1; end > before; end = await this.#end(before)) {
        before = end;
        await this.#reach(before, reactions.signal);
      }
    } catch (error) {
      if (reactions.signal.aborted) throw reactions.signal.reason;
      throw workers.find(({ failure }) => failure !== undefined)?.failure ?? error;
    } finally {
      this.#runs.delete(reactions);
      for (const worker of workers) worker.isHurried = false;
      letSleep();
      await release();
    }
  }

  async #reach(position: number, signal: AbortSignal): Promise<void> {
    const options = { timeoutMs: Number.POSITIVE_INFINITY, signal };
    const { consumers } = this.engine;
    const active = consumers.filter((consumer) => !this.engine.isPaused(consumer));
    await Promise.all(active.map(({ subscription }) => this.waiting.reached(subscription, position, options)));
  }

  /** What this process has written counts before the store has settled it. */
  async #end(after: number): Promise<number> {
    return Math.max(await settledEnd(this.engine.parts.adapter.log, after), this.units.position);
  }
}

/** Follows what handlers cause: reactions, reactions to those, and so on. */
class Reactions {
  /** The last positions of what handlers have appended, in order, each with how many reactions led to it. */
  readonly #caused: { readonly position: number; readonly depth: number }[] = [];
  readonly #loop = new AbortController();
  #deep = 0;

  constructor(private readonly start: number) {}

  /** Aborted when there is no end to it. */
  get signal(): AbortSignal {
    return this.#loop.signal;
  }

  add({ handler, event }: HandledEvent, position: number): void {
    const depth = this.#depthOf(event.globalPosition) + 1;
    this.#caused.push({ position, depth });
    if (depth > DEEP) this.#deep++;
    if ((depth <= MAX_DEPTH && this.#deep <= MAX_DEEP) || this.signal.aborted) return;
    this.#loop.abort(
      new IncorrectUsageError(
        `Cannot catch up: event handler ${handler} reacts to what event handlers have caused, ${depth} times one after the other, and ` +
          `has not come to an end. Let ${handler} not cause the events that it handles`,
        { handler, depth },
      ),
    );
  }

  /** An event of several that were appended together is found by the last of them. */
  #depthOf(position: number): number {
    if (position <= this.start) return 0;
    let low = 0;
    let high = this.#caused.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#caused[middle]!.position < position) low = middle + 1;
      else high = middle;
    }
    return this.#caused[low]?.depth ?? 0;
  }
}
