import type { MemoryTeller } from "../tellers/memory-teller";
import { CLAIM_MS, type Clerk, CONCURRENCY } from "./clerk";
import { newCommand, readCommand } from "./plain-command";

interface Entry {
  readonly id: string;
  readonly data: string;
  state: "waiting" | "done";
  claimedUntil: number;
  revision: number;
}

/** Hand-written: a map of entries, and those that wait in their order. */
export class MemoryClerk implements Clerk {
  private readonly entries = new Map<string, Entry>();
  private waiting: Entry[] = [];

  constructor(readonly teller: MemoryTeller) {}

  enqueue(accountIds: readonly string[]): void {
    for (const accountId of accountIds) {
      const entry: Entry = { ...newCommand(accountId), state: "waiting", claimedUntil: 0, revision: 0 };
      this.entries.set(entry.id, entry);
      this.waiting.push(entry);
    }
  }

  work(): void {
    const waiting = this.waiting;
    for (let first = 0; first < waiting.length; first += CONCURRENCY) {
      const claimed = waiting.slice(first, first + CONCURRENCY);
      for (const entry of claimed) {
        entry.claimedUntil = Date.now() + CLAIM_MS;
        entry.revision++;
      }
      for (const entry of claimed) {
        this.teller.deposit(readCommand(entry.data).accountId);
        entry.state = "done";
        entry.revision++;
      }
    }
    this.waiting = [];
  }

  close(): void {
    this.teller.close();
  }
}
