import { now, setTimeout } from "../ports/real-timers";

/** A load with its snapshot took longer than `read_timeout_ms`. */
export class SnapshotReadTimeout extends Error {
  constructor(readonly timeoutMs: number) {
    super(`reading it took longer than ${timeoutMs} ms`);
  }
}

interface Read {
  readonly deadline: number;
  readonly expire: () => void;
}

/**
 * Gives each of many reads the same time. They expire in the order in which they started, so one timer, set for the
 * oldest, serves all; usually it finds that read done and waits for another.
 */
export class ReadDeadline {
  readonly #underWay = new Set<Read>();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly timeoutMs: number) {}

  /** Gives the promise's outcome, or SnapshotReadTimeout when it takes too long; a late outcome is ignored. */
  limit<T>(promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const expire = () => reject(new SnapshotReadTimeout(this.timeoutMs));
      const read: Read = { deadline: now() + this.timeoutMs, expire };
      this.#start(read);
      promise.then(
        (value) => {
          this.#end(read);
          resolve(value);
        },
        (error) => {
          this.#end(read);
          reject(error);
        },
      );
    });
  }

  #start(read: Read): void {
    this.#underWay.add(read);
    if (this.#timer === undefined) this.#timer = setTimeout(() => this.#expire(), this.timeoutMs);
    else if (this.#underWay.size === 1) this.#timer.ref();
  }

  /** A process that has nothing else to do need not wait for the timer. */
  #end(read: Read): void {
    if (this.#underWay.delete(read) && this.#underWay.size === 0) this.#timer?.unref();
  }

  #expire(): void {
    this.#timer = undefined;
    const time = now();
    for (const read of this.#underWay) {
      // Timers may come a fraction of a millisecond early.
      const left = Math.ceil(read.deadline - time);
      if (left > 0) {
        this.#timer = setTimeout(() => this.#expire(), left);
        return;
      }
      this.#underWay.delete(read);
      read.expire();
    }
  }
}
