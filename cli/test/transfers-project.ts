import { join } from "node:path";

import type { Domain } from "@tidemark/core";
import type { Operation } from "@tidemark/core/adapter";
import { SqliteEventStore } from "@tidemark/sqlite";

import { createTransfers } from "./fixtures/transfers/src/transfers";
import { Project } from "./project";

/** A project whose transfers are process managers; the commands that they issue are in lane "bank", they themselves are not. */
export class TransfersProject extends Project {
  constructor() {
    super("transfers");
    this.exports = () => ({ bank: createTransfers({ root: this.folder }) });
  }

  /** What the domain does in another process. */
  async inDomain<T>(work: (bank: Domain) => Promise<T>): Promise<T> {
    const bank = createTransfers({ root: this.folder });
    await bank.init({ embedded: false });
    try {
      return await work(bank);
    } finally {
      await bank.close();
    }
  }

  /** Puts money into an account. */
  async give(accountId: string, amount: number): Promise<void> {
    await this.inDomain(async (bank) => {
      const Deposit = bank.commands.get("Deposit") as unknown as new (values: object) => object;
      await bank.process(new Deposit({ accountId, amount, reference: `seed-${accountId}` }) as never);
    });
  }

  /** Asks for transfers from one account to another, each under the id of its request. */
  async ask(...transferIds: readonly string[]): Promise<void> {
    await this.inDomain(async (bank) => {
      const AskTransfer = bank.commands.get("AskTransfer") as unknown as new (values: object) => object;
      for (const transferId of transferIds) {
        const amount = transferId.startsWith("unlucky") ? 13 : 50;
        const command = new AskTransfer({ transferId, from: "alice", to: "bob", amount });
        await bank.process(command as never, { correlationId: `r-${transferId}` });
      }
    });
  }

  /** Lets process managers make their steps. Their commands stay in the queue. */
  async step(): Promise<void> {
    await this.domain("server", "--once", "--lane=default");
  }

  /** Changes what the store keeps beside events, as a server would. */
  async change(changes: (store: SqliteEventStore) => Promise<readonly Operation[]>): Promise<void> {
    const store = new SqliteEventStore({ path: join(this.folder, "bank.db") });
    await store.open();
    const operations = await changes(store);
    if (operations.length > 0) await store.operations.flush(operations);
    await store.close();
  }

  /** Finishes all commands that wait, or parks them. */
  async settle(state: "parked" | "done" | "refused", outcome: object): Promise<void> {
    await this.change(async ({ operations }) => {
      const waiting = await operations.commandQueue.list({ states: ["waiting"], limit: 100 });
      return waiting.map(({ id, revision }): Operation => {
        const change = { state, attempts: 6, outcome: JSON.stringify(outcome) };
        return { kind: "settleEntry", id, expected: revision, change };
      });
    });
  }

  /** The commands in the queue. */
  async queue(): Promise<readonly { readonly id: string; readonly state: string }[]> {
    return JSON.parse((await this.domain("commands", "list", "--json")).stdout) as { id: string; state: string }[];
  }
}

/** Takes the ages and distances out of what was printed, and the ids and moments that differ each time. */
export function ageless(text: string): string {
  return text
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
    .replace(/\b\d+ (s|min)\b/g, "N")
    .replace(/[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g, "UUID");
}
