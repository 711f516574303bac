import { setImmediate } from "../ports/real-timers";

/** One snapshot to write while its caller goes on. */
interface BackgroundWrite {
  /** Its stream: of each aggregate only the newest snapshot is written. */
  readonly key: string;
  readonly version: number;
  readonly run: () => Promise<void>;
  readonly failed: (error: unknown) => void;
}

/** How many are written at a time: enough to overlap the waits for a server, few enough to leave it to other work. */
const CONCURRENCY = 4;

/** How many may wait; one more is dropped, because the next save brings another. */
const MOST_WAITING = 1_000;

/** Writes snapshots after their callers have gone on: at most one waiting per aggregate, a bounded number in all. */
export class BackgroundWrites {
  readonly #waiting = new Map<string, BackgroundWrite>();
  readonly #running = new Map<string, BackgroundWrite>();
  #finished = 0;
  #idle: (() => void)[] = [];

  schedule(write: BackgroundWrite): void {
    const waiting = this.#waiting.get(write.key);
    if (waiting !== undefined && waiting.version > write.version) return;
    if (waiting === undefined && this.#waiting.size >= MOST_WAITING) {
      write.failed(new Error(`${MOST_WAITING} snapshots are waiting to be written already`));
      return;
    }
    this.#waiting.set(write.key, write);
    setImmediate(() => this.#startNext());
  }

  /** The version that the newest write of an aggregate will store, while it waits or runs; -1 where there is none. */
  versionUnderWay(key: string): number {
    // Asked after every load and save, and nearly always of nothing: a look at the maps would hash the key.
    if (this.#waiting.size === 0 && this.#running.size === 0) return -1;
    return (this.#waiting.get(key) ?? this.#running.get(key))?.version ?? -1;
  }

  /** Waits until nothing is left to write. @returns how many writes it waited for. */
  async drain(): Promise<number> {
    const before = this.#finished;
    while (this.#waiting.size + this.#running.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
    return this.#finished - before;
  }

  #startNext(): void {
    for (const [key, write] of this.#waiting) {
      if (this.#running.size >= CONCURRENCY) return;
      // Two writes of one aggregate would race for which is the latest.
      if (this.#running.has(key)) continue;
      this.#waiting.delete(key);
      this.#running.set(key, write);
      void this.#run(write);
    }
  }

  async #run(write: BackgroundWrite): Promise<void> {
    try {
      await write.run();
    } catch (error) {
      write.failed(error);
    }
    this.#running.delete(write.key);
    this.#finished++;
    this.#startNext();
    if (this.#waiting.size + this.#running.size > 0) return;
    for (const wake of this.#idle.splice(0)) wake();
  }
}
