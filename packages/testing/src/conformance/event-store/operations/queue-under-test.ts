import type { ClaimedEntry, CommandQueue, EventStoreAdapter, QueueClaim, QueueEntry } from "@tidemark/core/adapter";
import { pause } from "@tidemark/core/adapter";

import type { StoreUnderTest } from "../store-under-test";
import { asEntry, enqueue, entry } from "./sample-entries";
import { flush, operationsOf } from "./sample-operations";

export const HOUR_MS = 3_600_000;
/** The moment that tests judge by where they bring their own: later than entries are due. */
export const NOW = 1_000;

/** The queue of the store that a test works on. */
export class QueueUnderTest {
  constructor(private readonly at: StoreUnderTest) {}

  of(adapter: EventStoreAdapter = this.at.adapter): CommandQueue {
    return (adapter.operations ?? operationsOf(this.at)).commandQueue;
  }

  async add(...entries: readonly QueueEntry[]): Promise<void> {
    await flush(this.at, ...entries.map((each) => enqueue(each)));
  }

  /** Claims entries of the lane `default` for a minute. */
  async claim(more: Partial<QueueClaim> = {}, adapter?: EventStoreAdapter): Promise<ClaimedEntry[]> {
    return this.#claim({ now: NOW, ...more }, adapter);
  }

  /** The same by the clock of the store. */
  async claimNow(more: Partial<Omit<QueueClaim, "now">> = {}, adapter?: EventStoreAdapter): Promise<ClaimedEntry[]> {
    return this.#claim(more, adapter);
  }

  async claimedIds(more: Partial<QueueClaim> = {}): Promise<string[]> {
    return (await this.claim(more)).map(({ id }) => id);
  }

  async find(id: string): Promise<QueueEntry | undefined> {
    const found = await this.of().find(id);
    return found && asEntry(found);
  }

  async all(): Promise<QueueEntry[]> {
    return Array.from(await this.of().list({ limit: 1_000 }), asEntry);
  }

  /** Waits until an entry of the lane `default` may be claimed by the clock of the store: for the end of a short claim. */
  async untilClaimable(): Promise<void> {
    while ((await this.of().untilNext(["default"])) !== 0) await pause(1);
  }

  /** The time by the clock of the store: milliseconds since 1970. */
  async storeTime(): Promise<number> {
    await this.add(entry("what is the time?", { lane: "clock" }));
    for (;;) {
      const [claimed] = await this.claimNow({ lanes: ["clock"], claimMs: 1 });
      if (claimed !== undefined) return claimed.claimedAt;
      await pause(1);
    }
  }

  /** The store, and the same store as another process has it where it is shared. */
  async connections(): Promise<readonly EventStoreAdapter[]> {
    return this.at.conformance.abilities.sharedByProcesses
      ? [this.at.adapter, await this.at.another()]
      : [this.at.adapter];
  }

  async #claim(more: Partial<QueueClaim>, adapter?: EventStoreAdapter): Promise<ClaimedEntry[]> {
    const claim = { worker: "w", lanes: ["default"], limit: 100, oldest: 0, claimMs: 60_000, ...more };
    return Array.from(await this.of(adapter).claim(claim), asEntry);
  }
}

/** What a claim of the worker `w` makes of an entry at `NOW`, for a minute. */
export function claimed(before: QueueEntry, more: Partial<QueueEntry> = {}): QueueEntry {
  return {
    ...before,
    claims: before.claims + 1,
    revision: before.revision + 1,
    claimedBy: "w",
    claimedUntil: NOW + 60_000,
    ...more,
  };
}
