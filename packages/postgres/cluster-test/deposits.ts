import { setTimeout as pause } from "node:timers/promises";

import type { Bank } from "./bank";

const PAUSE_MS = 20;

/** Writers that make deposits, each with an id, until they are told to stop; and what they were told about each. */
export class Deposits {
  /** Ids of deposits whose command has succeeded. */
  readonly acknowledged: string[] = [];
  /** Errors of commands that a failover should not have ended. */
  readonly failures: string[] = [];
  longestStallMs = 0;
  #isStopped = false;
  readonly #writers: readonly Promise<void>[];

  /** @param name begins the ids, so that two groups have different ones. */
  constructor(
    private readonly bank: Bank,
    private readonly name: string,
    writers: number,
  ) {
    this.#writers = Array.from({ length: writers }, (_, writer) => this.#write(writer));
  }

  /** Waits until so many more deposits were acknowledged. */
  async more(count: number): Promise<void> {
    const enough = this.acknowledged.length + count;
    while (this.acknowledged.length < enough && this.failures.length === 0) await pause(PAUSE_MS);
  }

  /** Lets each writer finish its deposit. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#writers);
  }

  async #write(writer: number): Promise<void> {
    for (let n = 0; !this.#isStopped; n++) {
      const id = `${this.name}-${writer}-${n}`;
      // Some race for one account.
      const account = n % 4 === 0 ? "shared" : `${this.name}-${writer}`;
      const began = performance.now();
      try {
        await this.#deposit(account, id, n);
        this.acknowledged.push(id);
      } catch (error) {
        this.failures.push(`${id}: ${(error as Error).message}`);
      }
      this.longestStallMs = Math.max(this.longestStallMs, performance.now() - began);
      await pause(PAUSE_MS);
    }
  }

  /** Every other command has no key: the domain has to know by itself what it has stored. */
  async #deposit(account: string, id: string, n: number): Promise<void> {
    const command = this.bank.deposit(account, id);
    await this.bank.domain.process(command, n % 2 === 0 ? { idempotencyKey: id } : {});
  }
}
