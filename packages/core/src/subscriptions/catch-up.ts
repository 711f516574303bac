import { handledEvent } from "../causation/handled-event";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { UnitsOfWork } from "../unit-of-work/units-of-work";
import type { Engine } from "./engine";
import { settledEnd } from "./settled-end";
import type { Waiting } from "./waiting";

/** How many times handlers may react to what handlers have done, before it counts as endless. */
const MAX_REACTIONS = 10_000;

/** Runs the subscriptions of one process until nothing is left. */
export class CatchUp {
  /** Those under way. */
  readonly #runs = new Set<Reactions>();

  constructor(
    private readonly engine: Engine,
    private readonly waiting: Waiting,
    private readonly units: Pick<UnitsOfWork, "position">,
  ) {}

  /** Notes that the running code has appended events. */
  noteCommit(): void {
    const handled = handledEvent();
    if (handled === undefined) return;
    for (const run of this.#runs) run.add(handled.handler, handled.event.globalPosition);
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

/** Counts what handlers do about events that came after a position: reactions to reactions. */
class Reactions {
  readonly #byHandler = new Map<string, number>();
  readonly #loop = new AbortController();
  #count = 0;

  constructor(private readonly start: number) {}

  /** Aborted when there is no end to it. */
  get signal(): AbortSignal {
    return this.#loop.signal;
  }

  add(handler: string, position: number): void {
    if (position <= this.start) return;
    this.#byHandler.set(handler, (this.#byHandler.get(handler) ?? 0) + 1);
    if (++this.#count <= MAX_REACTIONS || this.signal.aborted) return;
    const [busiest = handler] = [...this.#byHandler].sort(([, a], [, b]) => b - a)[0] ?? [];
    this.#loop.abort(
      new IncorrectUsageError(
        `Cannot catch up: event handlers react to what event handlers have caused, ${busiest} above all, and have not ended ` +
          `after ${MAX_REACTIONS} times. Let ${busiest} not cause the events that it handles`,
        { handler: busiest, reactions: this.#count },
      ),
    );
  }
}
