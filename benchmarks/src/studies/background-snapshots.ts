import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import type { Domain } from "@tidemark/core";

import { Account, openBank, writeHistory } from "../bank";
import { figure, printTable } from "../result-table";
import { inTemporaryFolder } from "../temporary-folder";
import { type Contender, interleaved } from "./interleaved";
import { WRITE_MS } from "./slow-snapshots";

const THRESHOLD = 10;
const MODES = ["manual", "background", "sync"] as const;
const SAVES = { manual: 200, background: 200, sync: 20 };
const ROUNDS = 9;

/** Saves on a store whose snapshots take 100 ms to write: without snapshots, with them in the background, and waiting. */
export async function backgroundSnapshots(): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const open = (mode: (typeof MODES)[number], threshold = THRESHOLD) => {
      const path = join(folder, `${mode}-${threshold}.db`);
      const store = { provider: require.resolve("./slow-snapshots"), path };
      return openBank(store, { snapshot_threshold: threshold, snapshots: { mode, on: ["save"] } });
    };
    const domains: Domain[] = [];
    for (const mode of MODES) domains.push(await open(mode));
    const measured = await interleaved(
      domains.map((domain, index) => saving(domain, SAVES[MODES[index] ?? "sync"])),
      ROUNDS,
    );
    for (const domain of domains) await domain.close();
    const none = measured[0]?.median ?? Number.NaN;
    printTable(
      `Saves on a store that takes ${WRITE_MS} ms to write a snapshot, one every ${THRESHOLD} events; median of ${ROUNDS}`,
      ["snapshots", "ms a save", "min", "max", "ratio"],
      measured.map(({ median, min, max }, index) => [
        MODES[index] === "manual" ? "none" : (MODES[index] ?? ""),
        ...[median, min, max].map((ms) => figure(ms, 3)),
        figure(median / none, 2),
      ]),
    );
    await using domain = await open("background", 1);
    process.stdout.write(`Three accounts saved, then drained: ${await drained(domain)} snapshots\n\n`);
  });
}

function saving(domain: Domain, saves: number): Contender {
  const accounts = domain.repositoryFor(Account);
  let number = 0;
  let account: Account;
  return {
    operations: saves,
    prepare: async () => {
      await domain.drainSnapshots();
      // As long as the slowest drain, so that each begins as cold as the others.
      await sleep(2 * WRITE_MS);
      const id = `account-${number++}`;
      await writeHistory(domain, id, { count: 1 });
      account = await accounts.get(id);
    },
    sample: async () => {
      for (let count = 0; count < saves; count++) {
        account.deposit(5, "benchmark");
        await accounts.add(account);
      }
    },
  };
}

/** Saves three accounts, whose snapshots are then waiting, and waits for them. */
async function drained(domain: Domain): Promise<number> {
  const accounts = domain.repositoryFor(Account);
  for (const id of ["a", "b", "c"]) {
    await writeHistory(domain, id, { count: 1 });
    await accounts.update(id, (account) => account.deposit(5, "benchmark"));
  }
  return await domain.drainSnapshots();
}
