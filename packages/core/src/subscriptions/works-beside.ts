import { clearInterval, setInterval } from "../ports/real-timers";
import type { WorkBeside } from "./beside";

/** As long as a timer of Node can be. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What the servers of one process do beside their subscriptions, as long as one of them holds it. */
export class WorksBeside {
  /** How many servers hold each lane. */
  readonly #holders = new Map<string, number>();
  /** The timers that keep the process alive. */
  readonly #keepers = new Set<NodeJS.Timeout>();

  constructor(
    private readonly works: readonly WorkBeside[],
    /** How long work in hand may go on when the last server ends. */
    private readonly shutdownMs: number,
  ) {}

  /** The lanes that there is something for, beside those of subscriptions. */
  get lanes(): readonly string[] {
    return [...new Set(this.works.flatMap(({ lanes }) => lanes))];
  }

  /** Who has caused what was done last; undefined where nobody knows. */
  get latestCause(): string | undefined {
    return this.works.findLast(({ latestCause }) => latestCause !== undefined)?.latestCause;
  }

  /** For how long the loop that has not turned for the longest time has not done so; undefined while none runs. */
  get loopAgeMs(): number | undefined {
    const ages = this.works.flatMap(({ loopAgeMs }) => loopAgeMs ?? []);
    return ages.length === 0 ? undefined : Math.max(...ages);
  }

  /**
   * Does what is due in some lanes, from now on.
   * @returns a function that ends it; it resolves with the names of what did not end in time.
   */
  hold(lanes: readonly string[]): () => Promise<readonly string[]> {
    for (const lane of lanes) this.#holders.set(lane, (this.#holders.get(lane) ?? 0) + 1);
    this.#start();
    let release: Promise<readonly string[]> | undefined;
    return () => {
      release ??= this.#release(lanes);
      return release;
    };
  }

  /** Keeps the process alive until `close`, also where no subscription waits. @returns a function that ends it before. */
  keepAlive(): () => void {
    if (this.works.length === 0) return () => undefined;
    const timer = setInterval(() => undefined, LONGEST_TIMER_MS);
    this.#keepers.add(timer);
    return () => this.#letSleep(timer);
  }

  /** Ends everything. */
  async close(): Promise<void> {
    this.#holders.clear();
    try {
      await this.#end();
    } finally {
      for (const timer of this.#keepers) this.#letSleep(timer);
    }
  }

  /** Does what is due in some lanes, once. @returns how much that was. @throws the reason of the signal. */
  async runDue(lanes: readonly string[], signal: AbortSignal): Promise<number> {
    let done = 0;
    for (const work of this.works) done += await work.runDue(lanes, signal);
    return done;
  }

  /** Repeats failures without pauses. @returns a function that ends it. */
  hurry(): () => void {
    const ends = this.works.flatMap((work) => work.hurry?.() ?? []);
    return () => {
      for (const end of ends) end();
    };
  }

  #start(): void {
    for (const work of this.works) work.start([...this.#holders.keys()]);
  }

  #letSleep(timer: NodeJS.Timeout): void {
    clearInterval(timer);
    this.#keepers.delete(timer);
  }

  async #release(lanes: readonly string[]): Promise<readonly string[]> {
    for (const lane of lanes) {
      const holders = this.#holders.get(lane);
      if (holders === undefined) continue;
      if (holders > 1) this.#holders.set(lane, holders - 1);
      else this.#holders.delete(lane);
    }
    if (this.#holders.size === 0) return await this.#end();
    this.#start();
    return [];
  }

  async #end(): Promise<readonly string[]> {
    const inTime = await Promise.all(this.works.map((work) => work.end(this.shutdownMs)));
    return this.works.filter((_, index) => !inTime[index]).map(({ name }) => name);
  }
}
