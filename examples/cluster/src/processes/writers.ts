import { setTimeout as wait } from "node:timers/promises";

import { domain, MakeDeposit, OpenAccount, RequestTransfer } from "../domain";
import { child, ready, report } from "./child";

/** The process of those who want something from the bank: each writer waits for the answer to its command, and has the next one then. */
const WRITERS = 16;
const ACCOUNTS_EACH = 4;
const OPENING_DEPOSIT = 1_000;
/** Every so many commands of a writer are a transfer, the others deposits. */
const TRANSFER_EVERY = 20;
const REPORT_EVERY_MS = 200;

class Writers {
  readonly #writing: Promise<void>[] = [];
  #acknowledged: string[] = [];
  #refused: string[] = [];
  #longestStallMs = 0;
  #isOver = false;
  /** When each writer had its last answer. */
  readonly #since = new Map<number, number>();

  async openAccounts(): Promise<void> {
    const opened = accounts().map((accountId) =>
      domain.process(new OpenAccount({ accountId, openingDeposit: OPENING_DEPOSIT })),
    );
    await Promise.all(opened);
  }

  start(): void {
    for (let writer = 0; writer < WRITERS; writer++) this.#writing.push(this.#write(writer));
    void this.#report();
  }

  /** Resolves when each writer has had the answer to its last command, and all of it is reported. */
  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#writing);
    this.#tell();
  }

  async #write(writer: number): Promise<void> {
    this.#since.set(writer, performance.now());
    for (let number = 1; !this.#isOver; number++) {
      const reference = `w${writer}-${number}`;
      try {
        await domain.process(commandOf(writer, number, reference));
        this.#acknowledged.push(reference);
        this.#noteStall(writer);
        this.#since.set(writer, performance.now());
      } catch (error) {
        this.#refused.push(`${reference}: ${error instanceof Error ? error.message : error}`);
        await wait(200);
      }
    }
    this.#since.delete(writer);
  }

  async #report(): Promise<void> {
    while (!this.#isOver) {
      await wait(REPORT_EVERY_MS);
      for (const writer of this.#since.keys()) this.#noteStall(writer);
      this.#tell();
    }
  }

  #noteStall(writer: number): void {
    const stallMs = performance.now() - (this.#since.get(writer) ?? performance.now());
    this.#longestStallMs = Math.max(this.#longestStallMs, stallMs);
  }

  #tell(): void {
    report({
      kind: "written",
      acknowledged: this.#acknowledged.splice(0),
      refused: this.#refused.splice(0),
      longestStallMs: this.#longestStallMs,
    });
  }
}

function accounts(): string[] {
  return Array.from({ length: WRITERS * ACCOUNTS_EACH }, (_, index) => accountOf(index));
}

function accountOf(index: number): string {
  return `acc-${index % (WRITERS * ACCOUNTS_EACH)}`;
}

/** A deposit on an account of the writer's own, or a transfer from there to one of somebody else's. */
function commandOf(writer: number, number: number, reference: string): MakeDeposit | RequestTransfer {
  const own = writer * ACCOUNTS_EACH + (number % ACCOUNTS_EACH);
  const amount = 1 + (number % 100);
  if (number % TRANSFER_EVERY !== 0) return new MakeDeposit({ accountId: accountOf(own), amount, reference });
  return new RequestTransfer({ transferId: reference, from: accountOf(own), to: accountOf(own + number), amount });
}

const writers = new Writers();
child(async (order) => {
  if (order.kind === "write") writers.start();
  if (order.kind === "end") {
    await writers.end();
    await domain.close();
    process.disconnect();
  }
});
void ready(() => writers.openAccounts());
