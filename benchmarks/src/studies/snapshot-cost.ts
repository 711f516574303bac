import { join } from "node:path";

import type { Domain } from "@tidemark/core";

import { Account, MakeDeposit, openBank, writeHistory } from "../bank";
import { figure, printTable } from "../result-table";
import { inTemporaryFolder } from "../temporary-folder";
import { type Contender, interleaved } from "./interleaved";

/** 0 for none. The others divide the number of saves, so that each sample has its share of snapshots. */
const THRESHOLDS = [0, 500, 100, 50, 10];
const SAVES = 500;
const ROUNDS = 9;

/** What snapshots cost a writer: saves of an account that it holds, and commands that each load it first. */
export async function snapshotCost(): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const stores = {
      SQLite: (name: string) => ({ provider: "sqlite", path: join(folder, `${name}.db`), synchronous: "normal" }),
      memory: () => ({ provider: "memory" }),
    };
    const rows: string[][] = [];
    for (const [store, settings] of Object.entries(stores)) {
      const domains: Domain[] = [];
      for (const threshold of THRESHOLDS)
        domains.push(await openBank(settings(String(threshold)), { snapshot_threshold: threshold }));
      const saves = await interleaved(domains.map(saving), ROUNDS);
      const commands = await interleaved(domains.map(processing), ROUNDS);
      for (const domain of domains) await domain.close();
      rows.push(
        ...THRESHOLDS.map((threshold, index) => [
          `${store.padEnd(6)} ${threshold === 0 ? "none" : figure(threshold, 0)}`,
          ...[saves, commands].flatMap((measured) => {
            const [none, { median }] = [measured[0]?.median ?? Number.NaN, measured[index] ?? { median: Number.NaN }];
            return [figure(1_000 / median, 0), `${figure((100 * none) / median, 0)} %`];
          }),
        ]),
      );
    }
    printTable(
      `Writers of an account of 1 to ${SAVES} events by snapshot threshold, and their share of the rate without; median of ${ROUNDS}`,
      ["threshold", "saves/s", "of none", "commands/s", "of none"],
      rows,
    );
  });
}

/** The account is loaded once; nothing but the saves counts. */
function saving(domain: Domain): Contender {
  const accounts = domain.repositoryFor(Account);
  const next = newAccounts(domain, "saved");
  let account: Account;
  return {
    operations: SAVES,
    prepare: async () => {
      account = await accounts.get(await next());
    },
    sample: async () => {
      for (let count = 0; count < SAVES; count++) {
        account.deposit(5, "benchmark");
        await accounts.add(account);
      }
    },
  };
}

function processing(domain: Domain): Contender {
  const next = newAccounts(domain, "commanded");
  let accountId: string;
  return {
    operations: SAVES,
    prepare: async () => {
      accountId = await next();
    },
    sample: async () => {
      for (let count = 0; count < SAVES; count++)
        await domain.process(new MakeDeposit({ accountId, amount: 5, reference: "benchmark" }));
    },
  };
}

function newAccounts(domain: Domain, prefix: string): () => Promise<string> {
  let number = 0;
  return async () => {
    const id = `${prefix}-${number++}`;
    await writeHistory(domain, id, { count: 1 });
    return id;
  };
}
