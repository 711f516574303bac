import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { OperationConflictError } from "../errors/operation-conflict-error";
import { StoreUnavailableError } from "../errors/store-unavailable-error";
import { OUTAGE, pauseMs } from "../patience/growing-pause";
import type { AppendedStream, AppendRequest, EventLog } from "../ports/event-log";
import type { RemoveTimer } from "../ports/operations";
import { clearTimeout, now, setImmediate, setTimeout, wallTime } from "../ports/real-timers";
import type { DueTimersQuery, Timer, TimerStore } from "../ports/timer-store";
import type { TimerData } from "../process-managers/process-inputs";
import type { WorkBeside } from "../subscriptions/beside";
import { firedEvent } from "./fired-event";
import { PacedBatches } from "./paced-batches";

interface TimerWorkParts {
  /** The lanes of the process managers. */
  readonly lanes: readonly string[];
  readonly timers: () => TimerStore;
  readonly log: Pick<EventLog, "append">;
  /** The clock that the domain was given; the store's own one decides where absent. */
  readonly now?: (() => number) | undefined;
  /** Finds which of the due timers are those of this server. */
  readonly part: () => Promise<DueTimersQuery["part"]>;
  /** Finds the position up to which a subscription is done; undefined where it has no checkpoint. */
  readonly positionOf: (subscription: string) => Promise<number | undefined>;
  /** Called with what was appended. */
  readonly appended: (streams: readonly AppendedStream[]) => void;
  readonly logWarning: (message: string, details: object) => void;
}

/** How many timers fire in one transaction, and at least where several servers share them: their batches lie behind each other. */
const BATCH = 200;
const LEAST = 50;
/** The longest and the shortest pause between two looks at the store. */
const LOOK_MS = 1_000;
const SOON_MS = 50;
/** How often to look whether the subscriptions have consumed what lies before them. */
const PACE_MS = 20;
/** For how long others may leave a timer that is due: those who share the timers may see different servers. */
const OVERDUE_MS = 3_000;

/**
 * Fires timers when they are due: each becomes an event in the stream of its instance, in the transaction that removes the timer. Whoever
 * cancels a timer, or fires it as well, is quicker or comes too late; there is no third.
 */
export class TimerWork implements WorkBeside {
  readonly name = "timers";
  readonly #batches: PacedBatches;
  #run: Run | undefined;
  #latestCause: string | undefined;
  /** Timers that the store does not let fire, whose warning is written. */
  readonly #refused = new Set<string>();
  /** Batches one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: TimerWorkParts) {
    this.#batches = new PacedBatches(parts.positionOf);
  }

  get lanes(): readonly string[] {
    return this.parts.lanes;
  }

  get latestCause(): string | undefined {
    return this.#latestCause;
  }

  get loopAgeMs(): number | undefined {
    return this.#run?.ageMs;
  }

  /** Fires the timers of all lanes: to fire one is no work of its process manager. */
  start(lanes: readonly string[]): void {
    if (!lanes.some((lane) => this.lanes.includes(lane))) this.#run?.stop();
    else if (this.#run === undefined || this.#run.isStopped) {
      const run = new Run();
      const before = this.#run?.ended;
      this.#run = run;
      run.ended = Promise.resolve(before).then(() => this.#loop(run));
    }
  }

  async end(withinMs: number): Promise<boolean> {
    const run = this.#run;
    if (run === undefined) return true;
    run.stop();
    let timer: NodeJS.Timeout | undefined;
    const isLate = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), withinMs)));
    try {
      const isDone = await Promise.race([run.ended.then(() => true), isLate]);
      if (isDone && this.#run === run) this.#run = undefined;
      return isDone;
    } finally {
      clearTimeout(timer);
    }
  }

  async runDue(lanes: readonly string[], signal: AbortSignal): Promise<number> {
    signal.throwIfAborted();
    if (!lanes.some((lane) => this.lanes.includes(lane))) return 0;
    return await this.#fireDue(undefined);
  }

  /** Looks at the store soon: a timer was set. */
  wake(): void {
    this.#run?.wake();
  }

  async #loop(run: Run): Promise<void> {
    let outages = 0;
    while (!run.isStopped) {
      run.turn();
      try {
        const pause = await this.#look(run);
        outages = 0;
        // Others have something to do as well while many timers are due.
        if (pause > 0) await run.sleep(pause);
        else await new Promise<void>((resolve) => setImmediate(resolve));
      } catch (error) {
        if (!(error instanceof StoreUnavailableError))
          this.parts.logWarning("Timers that are due could not be fired; it is tried again", { error });
        await run.sleep(pauseMs(OUTAGE, ++outages));
      }
    }
  }

  /** Fires a batch of those that are due. @returns how long to wait before the next look, in milliseconds. */
  async #look(run: Run): Promise<number> {
    const { timers, part, now: clock } = this.parts;
    const next = await timers().untilNext(clock?.());
    if (next === undefined || next > 0) return Math.min(Math.max(next ?? LOOK_MS, 1), LOOK_MS);
    while (!(await this.#batches.areFew())) {
      run.turn();
      await run.sleep(PACE_MS);
      if (run.isStopped) return 0;
    }
    const mine = await part();
    if ((await this.#fireDue(mine)) > 0) return 0;
    // Others have something to fire, and do so before long.
    if (mine === undefined || !run.isOverdue(await this.#first())) return SOON_MS;
    return (await this.#fireDue(undefined)) > 0 ? 0 : SOON_MS;
  }

  /** The earliest timer that is due, whoever is to fire it. */
  async #first(): Promise<Timer | undefined> {
    const { timers, now: clock } = this.parts;
    const [first] = await timers().due({ limit: 1, ...(clock !== undefined && { now: clock() }) });
    return first;
  }

  async #fireDue(part: DueTimersQuery["part"]): Promise<number> {
    const firing = this.#turn.then(async () => {
      const { timers, now: clock } = this.parts;
      const due = await timers().due({
        limit: part === undefined ? BATCH : Math.max(LEAST, Math.ceil(BATCH / part.of)),
        ...(clock !== undefined && { now: clock() }),
        ...(part !== undefined && { part }),
      });
      return await this.#fire(due);
    });
    this.#turn = firing.catch(() => undefined);
    return await firing;
  }

  /** @returns how many have fired; those that somebody else has fired or changed meanwhile do not count. */
  async #fire(timers: readonly Timer[]): Promise<number> {
    if (timers.length === 0) return 0;
    try {
      const appended = await this.parts.log.append(this.#requests(timers), { also: timers.map(removal) });
      this.#note(timers, appended);
      return timers.length;
    } catch (error) {
      const isRefused = error instanceof OperationConflictError || error instanceof IncorrectUsageError;
      if (!isRefused) throw error;
      if (timers.length === 1) {
        if (error instanceof IncorrectUsageError) this.#warn(timers[0]!, error);
        return 0;
      }
      // Which of them it is shows in smaller parts.
      const half = timers.length >> 1;
      return (await this.#fire(timers.slice(0, half))) + (await this.#fire(timers.slice(half)));
    }
  }

  /** One request for each stream: an instance may have several that are due. */
  #requests(timers: readonly Timer[]): readonly AppendRequest[] {
    const time = this.parts.now?.() ?? wallTime();
    const byStream = new Map<string, AppendRequest>();
    for (const timer of timers) {
      const request = firedEvent(timer, time);
      const before = byStream.get(request.stream);
      const messages = [...(before?.messages ?? []), ...request.messages];
      byStream.set(request.stream, { ...request, messages });
    }
    return [...byStream.values()];
  }

  #note(timers: readonly Timer[], appended: readonly AppendedStream[]): void {
    const position = Math.max(...appended.map(({ globalPosition }) => globalPosition));
    const processes = new Set(timers.map(processOf));
    this.#latestCause = [...processes].at(-1);
    this.#batches.add(new Map(Array.from(processes, (process) => [process, position])));
    this.parts.appended(appended);
  }

  #warn(timer: Timer, error: unknown): void {
    const { owner, name, data } = timer;
    if (this.#refused.has(data)) return;
    this.#refused.add(data);
    const text = `Timer ${JSON.stringify(name)} of ${JSON.stringify(owner)} is due and cannot be fired`;
    this.parts.logWarning(text, { owner, timer: name, error });
  }
}

/** One run of the loop, from a start to the next end. */
class Run {
  ended: Promise<void> = Promise.resolve();
  /** The earliest timer that others are to fire, and since when it is, by `now()` of the process. */
  #first: { readonly timer: string; readonly since: number } | undefined;
  #turnedAt = now();
  #isStopped = false;
  #wake: () => void = () => undefined;

  get isStopped(): boolean {
    return this.#isStopped;
  }

  get ageMs(): number | undefined {
    return this.#isStopped ? undefined : now() - this.#turnedAt;
  }

  /** Whether the earliest timer that others are to fire has been the same one for too long. */
  isOverdue(first: Timer | undefined): boolean {
    const timer = first && JSON.stringify([first.owner, first.name, first.dueAt]);
    if (timer === undefined) this.#first = undefined;
    else if (timer !== this.#first?.timer) this.#first = { timer, since: now() };
    return this.#first !== undefined && now() - this.#first.since >= OVERDUE_MS;
  }

  turn(): void {
    this.#turnedAt = now();
  }

  stop(): void {
    this.#isStopped = true;
    this.#wake();
  }

  wake(): void {
    this.#wake();
  }

  /** Waits, unless it is stopped or woken. It keeps no process alive. */
  async sleep(ms: number): Promise<void> {
    if (this.#isStopped) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      timer.unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = () => undefined;
  }
}

function removal({ owner, name, dueAt, data }: Timer): RemoveTimer {
  return { kind: "removeTimer", owner, name, expected: { dueAt, data } };
}

/** The name of the process manager, which is that of its subscription. */
function processOf({ data }: Timer): string {
  return (JSON.parse(data) as TimerData).process;
}
