import { now } from "../ports/real-timers";

/** The events of timers that wait for their subscriptions: where the last of them lies, of each subscription. */
type Batch = ReadonlyMap<string, number>;

/** How many batches may lie before the subscriptions: one in their hands, and one behind it. */
const MAX_AHEAD = 2;

/** A subscription that has not moved for so long holds nobody up: it is paused, has stopped, or has no server. */
const STALLED_MS = 2_000;

interface Movement {
  readonly position: number;
  /** Since when the subscription is there, by `now()` of the process. */
  readonly since: number;
}

/**
 * Holds back the events of timers until those before them are consumed: other events would wait behind all of them otherwise, once many
 * timers are due at the same time.
 */
export class PacedBatches {
  #batches: Batch[] = [];
  readonly #movements = new Map<string, Movement>();

  /** @param positionOf finds the position up to which a subscription is done; undefined where it has no checkpoint. */
  constructor(private readonly positionOf: (subscription: string) => Promise<number | undefined>) {}

  /** Notes a batch that was appended. */
  add(batch: Batch): void {
    if (batch.size > 0) this.#batches.push(batch);
  }

  /** Whether another batch may be appended. */
  async areFew(): Promise<boolean> {
    if (this.#batches.length < MAX_AHEAD) return true;
    const waiting = new Set(this.#batches.flatMap((batch) => [...batch.keys()]));
    const reached = new Map<string, number>();
    for (const subscription of waiting) reached.set(subscription, await this.#reached(subscription));
    for (const subscription of this.#movements.keys())
      if (!waiting.has(subscription)) this.#movements.delete(subscription);
    this.#batches = this.#batches.filter((batch) =>
      [...batch].some(([subscription, position]) => reached.get(subscription)! < position),
    );
    return this.#batches.length < MAX_AHEAD;
  }

  /** The position of a subscription; infinity for one that nobody is to wait for. */
  async #reached(subscription: string): Promise<number> {
    const position = await this.positionOf(subscription);
    if (position === undefined) return Number.POSITIVE_INFINITY;
    const before = this.#movements.get(subscription);
    if (before?.position === position) return now() - before.since < STALLED_MS ? position : Number.POSITIVE_INFINITY;
    this.#movements.set(subscription, { position, since: now() });
    return position;
  }
}
