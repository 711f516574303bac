import type { ClaimExtension, ClaimedEntry, CommandQueue } from "../../ports/command-queue";
import { clearTimeout, now, pause, setTimeout } from "../../ports/real-timers";
import { LaneTurns } from "../../subscriptions/holding/lane-turns";
import type { QueueClock } from "./queue-clock";

/** An entry that this process has claimed, until it is done with it. */
export interface HandledEntry {
  readonly entry: ClaimedEntry;
  /** When this process got it, by `now()` of the process. */
  readonly takenAt: number;
  /** Aborted when the command is to be given up. */
  readonly signal: AbortSignal;
  /** Whether somebody else may have it, or it is to be given back: nothing more may be done about it. */
  readonly isLost: boolean;
}

class Hand implements HandledEntry {
  readonly controller = new AbortController();
  readonly takenAt = now();
  /** Whether it has a place. */
  hasBegun = false;
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

/** Commands that have waited so long for a place are given back: others may have one. */
const LONGEST_WAIT_MS = 1_000;

interface EntriesInHandParts {
  readonly queue: () => CommandQueue;
  readonly worker: string;
  readonly claimMs: number;
  readonly clock: QueueClock;
  /** How many commands of a lane are carried out at the same time. The others wait for a place. */
  readonly concurrencyOf: (lane: string) => number;
  /** Does what there is to do about an entry. Never rejects. */
  readonly carryOut: (handled: HandledEntry) => Promise<void>;
  /** Called when this process is done with an entry. @param tookMs how long it had a place; absent where it never had one. */
  readonly ended: (entry: ClaimedEntry, tookMs?: number) => void;
}

/** The entries of the queue that this process has in hand. Their claims are extended as long as it has them. */
export class EntriesInHand {
  readonly #hands = new Map<string, Hand>();
  readonly #places = new Map<string, LaneTurns>();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly parts: EntriesInHandParts) {}

  /** How many there are of a lane, without those that were given back. */
  countOf(lane: string): number {
    let count = 0;
    for (const { entry, hasBegun, isLost } of this.#hands.values())
      if (entry.lane === lane && (hasBegun || !isLost)) count++;
    return count;
  }

  has(id: string): boolean {
    return this.#hands.has(id);
  }

  take(entry: ClaimedEntry): void {
    const hand = new Hand(entry);
    this.#hands.set(entry.id, hand);
    this.#timer ??= this.#nextExtension();
    hand.done = this.#placesOf(entry.lane).take(() => this.#carryOut(hand));
  }

  /** Resolves when those of some lanes have ended that are in hand now. @returns how many those were. */
  async ended(lanes: readonly string[]): Promise<number> {
    const hands = [...this.#hands.values()].filter(({ entry }) => lanes.includes(entry.lane));
    await Promise.all(hands.map(({ done }) => done));
    return hands.length;
  }

  /** Gives back what has not begun, and then what does not end in time. @returns whether all that had begun have ended in time. */
  async end(withinMs: number): Promise<boolean> {
    await this.#giveBack([...this.#hands.values()].filter(({ hasBegun }) => !hasBegun));
    const over = new AbortController();
    const all = Promise.all(Array.from(this.#hands.values(), ({ done }) => done));
    await Promise.race([all, pause(withinMs, { signal: over.signal, ref: false }).catch(() => undefined)]);
    over.abort();
    const late = [...this.#hands.values()].filter(({ hasBegun }) => hasBegun);
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#giveBack(late);
    return late.length === 0;
  }

  /** Asks whether an entry is still this process's, and extends the claim. @throws whatever the store throws. */
  isOurs(id: string): Promise<boolean> {
    return this.#keeps(id, {});
  }

  /** The same, and notes that it is begun. @throws whatever the store throws. */
  begins(id: string): Promise<boolean> {
    return this.#keeps(id, { begins: true });
  }

  async #keeps(id: string, more: Pick<ClaimExtension, "begins">): Promise<boolean> {
    const { queue, worker, claimMs, clock } = this.parts;
    const { now } = clock;
    const kept = await queue().extend({ worker, ids: [id], claimMs, ...more, ...(now !== undefined && { now }) });
    return kept.includes(id);
  }

  async #carryOut(hand: Hand): Promise<void> {
    const { entry } = hand;
    let tookMs: number | undefined;
    if (!hand.isLost) {
      hand.hasBegun = true;
      const began = now();
      await this.parts.carryOut(hand);
      tookMs = now() - began;
    }
    // Once it was given back, this process may have claimed it anew.
    if (this.#hands.get(entry.id) === hand) this.#hands.delete(entry.id);
    this.parts.ended(entry, tookMs);
  }

  async #giveBack(hands: readonly Hand[]): Promise<void> {
    if (hands.length === 0) return;
    for (const hand of hands) hand.lose("the command is given back");
    const { queue, worker } = this.parts;
    try {
      await queue().release(
        worker,
        hands.map(({ entry }) => entry.id),
      );
    } catch {
      // The claims run out by themselves.
    }
  }

  #placesOf(lane: string): LaneTurns {
    const places = this.#places.get(lane) ?? new LaneTurns(this.parts.concurrencyOf(lane));
    this.#places.set(lane, places);
    return places;
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
    const isWaiting = ({ hasBegun, isLost, takenAt }: Hand) =>
      !hasBegun && !isLost && now() - takenAt > LONGEST_WAIT_MS;
    await this.#giveBack([...this.#hands.values()].filter(isWaiting));
    const hands = [...this.#hands.values()].filter(({ isLost }) => !isLost);
    if (hands.length === 0) return;
    const moment = clock.now;
    const ids = hands.map(({ entry }) => entry.id);
    try {
      const kept = new Set(
        await queue().extend({ worker, ids, claimMs, ...(moment !== undefined && { now: moment }) }),
      );
      // One that was settled meanwhile has ended, or is about to.
      for (const hand of hands) if (!kept.has(hand.entry.id)) hand.lose("another worker may have the command");
    } catch {
      // Tried again soon. A claim that has run out is found when the command is committed.
    }
  }
}
