import { setMaxListeners } from "node:events";

import { type HandledEvent, handledEvent } from "../causation/handled-event";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { UnitsOfWork } from "../unit-of-work/units-of-work";
import type { Engine } from "./engine";
import type { ParkedKeyStatus } from "./failures/parked-status";
import { consumersIn, lanesOf } from "./lanes";
import type { Consumer } from "./reading/consumer";
import { settledEnd } from "./reading/settled-end";
import type { Waiting } from "./waiting";
import type { WorksBeside } from "./works-beside";

/** How many reactions may follow from each other, before they count as endless. */
const MAX_DEPTH = 1_000;
/** Where each event causes several, their number grows faster than that: so many reactions may be deeper than this. */
const DEEP = 10;
const MAX_DEEP = 10_000;
/** How often what is done beside subscriptions may make them go on, before that counts as endless: a long process takes thousands of steps. */
const MAX_ROUNDS = 20_000;

/** What a domain catches up with. */
export interface CatchUpOptions {
  /** The lanes whose subscriptions and commands are run; all of them where absent. */
  readonly lanes?: readonly string[];
  /** Ends it early, when it is aborted: what is in hand is ended first. */
  readonly signal?: AbortSignal;
}

/** What came of catching up with events. */
export interface CaughtUpEvents {
  /** The keys that were parked meanwhile: their events wait, until somebody does them again. */
  readonly parked: readonly ParkedKeyStatus[];
}

/** Runs the subscriptions of one process, and what servers do beside them, until nothing is left. */
export class CatchUp {
  /** Those under way. */
  readonly #runs = new Set<Reactions>();

  constructor(
    private readonly engine: Engine,
    private readonly beside: WorksBeside,
    private readonly waiting: Waiting,
    private readonly units: Pick<UnitsOfWork, "position">,
  ) {}

  /** Notes that the running code has appended events up to a position. */
  noteCommit(position: number): void {
    const handled = handledEvent();
    if (handled === undefined) return;
    for (const run of this.#runs) run.add(handled, position);
  }

  /**
   * Goes on with the others when a subscription stops, and with other keys when one is parked.
   *
   * @returns the keys that were parked.
   * @throws SubscriptionStoppedError of the first that stopped; IncorrectUsageError for handlers and process managers that cause events
   *   without end, and for a lane that nothing is in; the reason of the signal.
   */
  async run({ lanes: given, signal }: CatchUpOptions = {}): Promise<CaughtUpEvents> {
    const { engine, beside } = this;
    const lanes = given ?? lanesOf(engine.consumers, beside.lanes);
    const asked = consumersIn({ asked: lanes, beside: beside.lanes }, engine.consumers, "Cannot catch up with");
    await engine.repeated(() => engine.watch.look(), { signal });
    const consumers = asked.filter((consumer) => !engine.isPaused(consumer));
    signal?.throwIfAborted();
    if (consumers.length === 0 && beside.lanes.length === 0) return { parked: [] };
    let end = await this.#end(0);
    const reactions = new Reactions(end);
    const ended = signal === undefined ? reactions.signal : AbortSignal.any([reactions.signal, signal]);
    // The wait for each subscription listens to it.
    setMaxListeners(0, ended);
    const names = new Set(consumers.map(({ subscription }) => subscription));
    const parked = new Map<string, ParkedKeyStatus>();
    const stopListening = engine.reports.onParked((subscription, status) => {
      if (names.has(subscription)) parked.set(JSON.stringify([subscription, status.key]), status);
    });
    const release = await engine.hold(consumers).catch((error: unknown) => {
      stopListening();
      throw error;
    });
    this.#runs.add(reactions);
    const letSleep = engine.keepAlive();
    const hurried = beside.hurry();
    const workers = consumers.map(({ subscription }) => engine.workers.get(subscription)!);
    for (const worker of workers) worker.hurry();
    let failure: unknown;
    try {
      let done = 0;
      for (let before = -1, rounds = 0; (end > before || done > 0) && !ended.aborted; end = await this.#end(before)) {
        before = end;
        const fault = await this.#reach(consumers, before, ended);
        failure ??= fault;
        // A key that comes back may cause further events.
        await this.waiting.triedAgain([...names], ended);
        done = await beside.runDue(lanes, ended);
        if (done > 0 && ++rounds > MAX_ROUNDS) throw endless(beside.latestCause, rounds);
      }
      ended.throwIfAborted();
      if (failure !== undefined) throw workers.find((worker) => worker.failure !== undefined)?.failure ?? failure;
      return { parked: [...parked.values()] };
    } finally {
      stopListening();
      this.#runs.delete(reactions);
      for (const worker of workers) worker.isHurried = false;
      hurried();
      letSleep();
      await release();
    }
  }

  /** @returns the error of one that does not get there, once the others are there. */
  async #reach(consumers: readonly Consumer[], position: number, signal: AbortSignal): Promise<unknown> {
    const options = { timeoutMs: Number.POSITIVE_INFINITY, signal };
    const reached = consumers.map(({ subscription }) => this.waiting.reached(subscription, position, options));
    const outcomes = await Promise.allSettled(reached);
    return outcomes.find((outcome) => outcome.status === "rejected")?.reason;
  }

  /** What this process has written counts before the store has settled it. */
  async #end(after: number): Promise<number> {
    const { repeated, parts } = this.engine;
    return Math.max(await repeated(() => settledEnd(parts.adapter.log, after)), this.units.position);
  }
}

function endless(cause: string | undefined, rounds: number): IncorrectUsageError {
  const who = cause ?? "a command that runs later";
  return new IncorrectUsageError(
    `Cannot catch up: ${who} goes on with what it has caused itself, ${rounds} times one after the other, and has not come to an end. ` +
      `Let ${who} not cause what makes it go on`,
    { ...(cause !== undefined && { cause }), rounds },
  );
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
