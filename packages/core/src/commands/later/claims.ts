import type { ClaimedEntry, CommandQueue } from "../../ports/command-queue";
import type { QueueClock } from "./queue-clock";

interface ClaimsParts {
  readonly queue: () => CommandQueue;
  readonly worker: string;
  readonly claimMs: number;
  readonly clock: QueueClock;
  readonly lane: string;
}

/** Of the places of a worker so many go to what is due the longest, whatever its priority. */
const OLDEST_SHARE = 1 / 4;

/** Claims entries of one lane. Bulk still moves: a quarter of the places goes to the oldest, however few places each claim is for. */
export class Claims {
  /** What is due to the oldest of claims that were too small for one of them. */
  #owed = 0;

  constructor(private readonly parts: ClaimsParts) {}

  async take(limit: number): Promise<readonly ClaimedEntry[]> {
    const { queue, worker, claimMs, lane } = this.parts;
    this.#owed += limit * OLDEST_SHARE;
    const oldest = Math.min(limit, Math.floor(this.#owed));
    this.#owed -= oldest;
    return await queue().claim({ worker, lanes: [lane], limit, oldest, claimMs, ...this.#now });
  }

  /** How long until there is something to claim, in milliseconds; undefined where nothing waits. */
  async untilNext(): Promise<number | undefined> {
    return await this.parts.queue().untilNext([this.parts.lane], this.parts.clock.now);
  }

  get #now(): { readonly now?: number } {
    const { now } = this.parts.clock;
    return now === undefined ? {} : { now };
  }
}
