import { setTimeout as pause } from "node:timers/promises";

import type { Bank } from "./bank";

/** Reads the events of accounts in their global order from the beginning, and goes on behind the last one after each outage. */
export class Followed {
  /** The references of all events so far. */
  readonly references: string[] = [];
  readonly #stop = new AbortController();
  readonly #reading: Promise<void>;

  constructor(private readonly bank: Bank) {
    this.#reading = this.#read();
  }

  /** Waits until so many events were read, then ends; at most ten more seconds for what should not come. */
  async upTo(count: number): Promise<readonly string[]> {
    while (this.references.length < count && !this.#stop.signal.aborted) await pause(20);
    this.#stop.abort();
    await this.#reading;
    return this.references;
  }

  async #read(): Promise<void> {
    for (let after = 0; !this.#stop.signal.aborted; ) {
      try {
        for await (const { event, position } of this.bank.events(after, this.#stop.signal)) {
          this.references.push((event as { readonly reference: string }).reference);
          after = position;
        }
      } catch (error) {
        const { name, code } = error as { name: string; code?: string };
        if (name === "AbortError") return;
        if (code !== "STORE_UNAVAILABLE") throw error;
        await pause(100);
      }
    }
  }
}
