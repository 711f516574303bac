import type { ClaimedEntry, CommandQueue } from "../../ports/command-queue";
import { clearTimeout, pause, setTimeout } from "../../ports/real-timers";
import type { QueueClock } from "./queue-clock";

/** An entry that this process has claimed, until it is done with it. */
export interface HandledEntry {
  readonly entry: ClaimedEntry;
  /** Aborted when the command is to be given up. */
  readonly signal: AbortSignal;
  /** Whether somebody else may have it, or it is to be given back: nothing more may be done about it. */
  readonly isLost: boolean;
}

class Hand implements HandledEntry {
  readonly controller = new AbortController();
  isLost = false;
  /** Resolves when this process is done with it. */
  done: Promise<void> = Promise.resolve();

  constructor(readonly entry: ClaimedEntry) {}

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  lose(reason: string): void {
    this.isLost = true;
    this.controller.abort(new Error(reason));
  }
}

interface EntriesInHandParts {
  readonly queue: () => CommandQueue;
  readonly worker: string;
  readonly claimMs: number;
  readonly clock: QueueClock;
  /** Does what there is to do about an entry. Never rejects. */
  readonly carryOut: (handled: HandledEntry) => Promise<void>;
  /** Called when this process is done with an entry. */
  readonly ended: (entry: ClaimedEntry) => void;
}

/** The entries of the queue that this process has in hand. Their claims are extended as long as it has them. */
export class EntriesInHand {
  readonly #hands = new Map<string, Hand>();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly parts: EntriesInHandParts) {}

  /** How many there are of a lane. */
  countOf(lane: string): number {
    let count = 0;
    for (const { entry } of this.#hands.values()) if (entry.lane === lane) count++;
    return count;
  }

  has(id: string): boolean {
    return this.#hands.has(id);
  }

  take(entry: ClaimedEntry): void {
    const hand = new Hand(entry);
    this.#hands.set(entry.id, hand);
    this.#timer ??= this.#nextExtension();
    hand.done = this.parts.carryOut(hand).finally(() => {
      // Once it was given back, this process may have claimed it anew.
      if (this.#hands.get(entry.id) === hand) this.#hands.delete(entry.id);
      this.parts.ended(entry);
    });
  }

  /** Resolves when those of some lanes have ended that are in hand now. @returns how many those were. */
  async ended(lanes: readonly string[]): Promise<number> {
    const hands = [...this.#hands.values()].filter(({ entry }) => lanes.includes(entry.lane));
    await Promise.all(hands.map(({ done }) => done));
    return hands.length;
  }

  /** Gives up what does not end in time, and gives those entries back. @returns whether all have ended in time. */
  async end(withinMs: number): Promise<boolean> {
    const over = new AbortController();
    const all = Promise.all(Array.from(this.#hands.values(), ({ done }) => done));
    await Promise.race([all, pause(withinMs, { signal: over.signal, ref: false }).catch(() => undefined)]);
    over.abort();
    const late = [...this.#hands.values()];
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (late.length === 0) return true;
    for (const hand of late) hand.lose("the server ends");
    const { queue, worker } = this.parts;
    try {
      await queue().release(
        worker,
        late.map(({ entry }) => entry.id),
      );
    } catch {
      // The claims run out by themselves.
    }
    return false;
  }

  /** Asks whether an entry is still this process's, and extends the claim. @throws whatever the store throws. */
  async isOurs(id: string): Promise<boolean> {
    const { queue, worker, claimMs, clock } = this.parts;
    const { now } = clock;
    const kept = await queue().extend({ worker, ids: [id], claimMs, ...(now !== undefined && { now }) });
    return kept.includes(id);
  }

  #nextExtension(): NodeJS.Timeout {
    const timer = setTimeout(() => {
      void this.#extend().finally(() => {
        this.#timer = this.#hands.size === 0 ? undefined : this.#nextExtension();
      });
    }, this.parts.claimMs / 3);
    timer.unref();
    return timer;
  }

  async #extend(): Promise<void> {
    const { queue, worker, claimMs, clock } = this.parts;
    const hands = [...this.#hands.values()].filter(({ isLost }) => !isLost);
    if (hands.length === 0) return;
    const { now } = clock;
    const ids = hands.map(({ entry }) => entry.id);
    try {
      const kept = new Set(await queue().extend({ worker, ids, claimMs, ...(now !== undefined && { now }) }));
      // One that was settled meanwhile has ended, or is about to.
      for (const hand of hands) if (!kept.has(hand.entry.id)) hand.lose("another worker may have the command");
    } catch {
      // Tried again soon. A claim that has run out is found when the command is committed.
    }
  }
}
