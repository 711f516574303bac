import { StoreUnavailableError } from "../../errors/store-unavailable-error";
import { OUTAGE, pauseMs } from "../../patience/growing-pause";
import type { ClaimedEntry } from "../../ports/command-queue";
import { now } from "../../ports/real-timers";
import { reasonOf } from "../../wording/in-words";
import type { Claims } from "./claims";
import { Pace } from "./pace";
import { WakeUp } from "./wake-up";

interface LaneLoopParts {
  readonly lane: string;
  readonly claims: Claims;
  /** How many commands are carried out at the same time. */
  readonly concurrency: number;
  /** How many are in hand, those included that wait for a place. */
  readonly inHand: () => number;
  readonly take: (entry: ClaimedEntry) => void;
  readonly logError: (message: string, details: object) => void;
}

/** The longest time between two looks at the queue: others may have put something into it. */
const LOOK_MS = 1_000;
/** How many commands are claimed for each place before it is free, where they are quick: a claim takes longer than some of them. */
const AHEAD = 2;
/** How long to wait for further free places before some few are filled. */
const GATHER_MS = 3;
/** The pauses while something is due that cannot be claimed: others are about to. */
const FIRST_PAUSE_MS = 10;

/** Fills the free places of one lane with commands that are due, again and again. */
export class LaneLoop {
  readonly #wakeUp = new WakeUp();
  readonly #pace = new Pace();
  #isEnding = false;
  #turnedAt = now();
  /** Whether the last look has found that there is nothing to claim. */
  #isIdle = false;

  constructor(private readonly parts: LaneLoopParts) {}

  /** For how long it has not turned. */
  get ageMs(): number {
    return now() - this.#turnedAt;
  }

  /** Looks at the queue now: something may have come. */
  wake(): void {
    this.#wakeUp.wake();
  }

  /** Notes that a command has ended: its place is free. @param tookMs absent where it had none. */
  ended({ line }: ClaimedEntry, tookMs?: number): void {
    if (tookMs !== undefined) this.#pace.note(tookMs);
    // Where nothing else was due, the next one of its line may be.
    if (!this.#isIdle || line !== undefined) this.wake();
  }

  end(): void {
    this.#isEnding = true;
    this.wake();
  }

  /** Runs until the end. Never rejects. */
  async run(): Promise<void> {
    let failures = 0;
    let pause = FIRST_PAUSE_MS;
    while (!this.#isEnding) {
      this.#turnedAt = now();
      try {
        const next = await this.#turn();
        failures = 0;
        if (next === "full") continue;
        pause = next === "blocked" ? Math.min(pause * 2, LOOK_MS) : FIRST_PAUSE_MS;
        await this.#wait(next === "blocked" ? pause : next);
      } catch (error) {
        failures++;
        if (failures === 1 && !(error instanceof StoreUnavailableError))
          this.parts.logError(
            `The queue of commands could not be read for lane ${JSON.stringify(this.parts.lane)}: ${reasonOf(error)}`,
            { error },
          );
        await this.#wait(pauseMs(OUTAGE, failures));
      }
    }
  }

  /**
   * Fills the free places, once.
   * @returns how long to wait then; `full` where there may be more to claim at once; `blocked` where something is due that others have.
   */
  async #turn(): Promise<number | "full" | "blocked"> {
    const { claims, concurrency, inHand, take } = this.parts;
    this.#isIdle = false;
    const isAhead = this.#pace.isQuick;
    const most = isAhead ? (1 + AHEAD) * concurrency : concurrency;
    // Those in hand keep all places busy meanwhile.
    if (most - inHand() < (isAhead ? concurrency : 1)) return LOOK_MS;
    if (!isAhead) await this.#gatherPlaces();
    if (this.#isEnding) return 0;
    const free = most - inHand();
    // Somebody who catches up fills the same places.
    if (free <= 0) return LOOK_MS;
    const entries = await claims.take(free);
    for (const entry of entries) take(entry);
    if (entries.length === free) return "full";
    this.#isIdle = true;
    const next = await claims.untilNext();
    if (next === undefined) return LOOK_MS;
    if (next > 0) return Math.min(next, LOOK_MS);
    return entries.length > 0 ? 0 : "blocked";
  }

  /** One claim for several places costs as much as one for a single place. */
  async #gatherPlaces(): Promise<void> {
    const { concurrency, inHand } = this.parts;
    const end = now() + GATHER_MS;
    for (let left = GATHER_MS; left > 0 && inHand() > concurrency / 2 && !this.#isEnding; left = end - now())
      await this.#wakeUp.wait(left);
  }

  async #wait(ms: number): Promise<void> {
    if (!this.#isEnding) await this.#wakeUp.wait(ms);
  }
}
