import { setTimeout as pause } from "node:timers/promises";

import type { Bank } from "./bank";

/** Reads the events of accounts in their global order from the beginning, and goes on behind the last one after each outage. */
export class Followed {
  /** The references of all events so far. */
  readonly references: string[] = [];
  readonly #stop = new AbortController();
  readonly #reading: Promise<unknown>;
  #hasEnded = false;

  constructor(private readonly bank: Bank) {
    this.#reading = this.#read()
      .catch((error: unknown) => error)
      .finally(() => {
        this.#hasEnded = true;
      });
  }

  /** Waits until so many events were read, or reading has failed, and ends it. */
  async upTo(count: number): Promise<readonly string[]> {
    while (this.references.length < count && !this.#hasEnded) await pause(20);
    this.#stop.abort();
    const error = await this.#reading;
    if (error !== undefined) throw error;
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
