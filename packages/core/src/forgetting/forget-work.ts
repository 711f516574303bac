import type { EventLog } from "../ports/event-log";
import { clearTimeout, setTimeout } from "../ports/real-timers";
import type { WorkBeside } from "../subscriptions/beside";
import { reasonOf } from "../wording/in-words";
import type { NeededEvents } from "./needed-events";

/** An aggregate whose events are kept for a time. */
export interface ForgettingAggregate {
  readonly name: string;
  readonly category: string;
  readonly keepMs: number;
}

interface ForgetWorkParts {
  readonly aggregates: readonly ForgettingAggregate[];
  /** The lanes of servers. */
  readonly lanes: readonly string[];
  readonly log: Required<Pick<EventLog, "forget">> & Pick<EventLog, "readAll">;
  /** Finds up to where events are done with. */
  readonly needed: () => Promise<NeededEvents>;
  /** Milliseconds since 1970, by the clock that gives events their times. */
  readonly now: () => number;
  readonly logWarning: (message: string, details: object) => void;
  readonly logError: (message: string, details: object) => void;
}

const EVERY_MS = 3_600_000;
const FIRST_MS = 60_000;
/** How many events are looked at in one transaction. */
const AT_ONCE = 500;

/** Forgets the events that are kept no longer, in whatever lanes the server runs. Several servers may do so at the same time. */
export class ForgetWork implements WorkBeside {
  readonly name = "old events that are forgotten";
  #timer: NodeJS.Timeout | undefined;
  #run: Promise<unknown> = Promise.resolve();
  #isEnding = false;
  /** What was warned of. */
  readonly #warned = new Set<string>();

  constructor(private readonly parts: ForgetWorkParts) {}

  get lanes(): readonly string[] {
    return this.parts.lanes;
  }

  start(): void {
    this.#isEnding = false;
    this.#timer ??= this.#forgetIn(FIRST_MS);
  }

  async end(withinMs: number): Promise<boolean> {
    this.#isEnding = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    let timer: NodeJS.Timeout | undefined;
    const isLate = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), withinMs)));
    try {
      return await Promise.race([this.#run.then(() => true), isLate]);
    } finally {
      clearTimeout(timer);
    }
  }

  async runDue(_: readonly string[], signal: AbortSignal): Promise<number> {
    return await this.#inTurn(() =>
      this.#forget(() => {
        signal.throwIfAborted();
        return true;
      }),
    );
  }

  /** One run after the other. */
  async #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const next = this.#run.then(run);
    this.#run = next.catch(() => undefined);
    return await next;
  }

  #forgetIn(ms: number): NodeJS.Timeout {
    const timer = setTimeout(() => void this.#forgetAndGoOn(), ms);
    timer.unref();
    return timer;
  }

  async #forgetAndGoOn(): Promise<void> {
    const { logError } = this.parts;
    try {
      await this.#inTurn(() => this.#forget(() => !this.#isEnding));
    } catch (error) {
      logError(`Events that are kept no longer could not be forgotten: ${reasonOf(error)}`, { error });
    }
    if (!this.#isEnding) this.#timer = this.#forgetIn(EVERY_MS);
  }

  /** @param mayGoOn asked before each step. @returns how many. */
  async #forget(mayGoOn: () => boolean): Promise<number> {
    let forgotten = 0;
    for (const aggregate of this.parts.aggregates) {
      if (!mayGoOn()) break;
      const needed = await this.parts.needed();
      const before = this.parts.now() - aggregate.keepMs;
      forgotten += await this.#forgetOf(aggregate, { before, upTo: needed.doneUpTo }, mayGoOn);
      await this.#warn(aggregate, before, needed);
    }
    return forgotten;
  }

  async #forgetOf(
    { category }: ForgettingAggregate,
    bounds: { readonly before: number; readonly upTo: number },
    mayGoOn: () => boolean,
  ): Promise<number> {
    let forgotten = 0;
    for (let after = 0; mayGoOn(); ) {
      const { events, upTo, atEnd } = await this.parts.log.forget({ ...bounds, category, after, limit: AT_ONCE });
      forgotten += events;
      if (atEnd) break;
      after = upTo;
    }
    return forgotten;
  }

  /** Tells once what keeps events from being forgotten that are old enough. */
  async #warn({ name, category }: ForgettingAggregate, before: number, { doneUpTo, by }: NeededEvents): Promise<void> {
    if (by === undefined) return;
    const { messages } = await this.parts.log.readAll({ after: doneUpTo, limit: 1, categories: [category] });
    const [first] = messages;
    const warning = JSON.stringify([name, by]);
    if (first === undefined || first.time >= before || this.#warned.has(warning)) return;
    this.#warned.add(warning);
    this.parts.logWarning(
      `Events of ${name} are kept longer than keep_events says: ${by} needs those behind global position ${doneUpTo}`,
      { aggregate: name, position: doneUpTo },
    );
  }
}
