import { join } from "node:path";

import Database from "better-sqlite3";

import { Account, openBank, writeHistory } from "./bank";
import { foldPlain, newPlainAccount, type PlainAccount } from "./hand-written-fold";
import { interleaved } from "./interleaved";
import { figure, printTable } from "./result-table";
import { expectSameAccount } from "./same-account";
import { inTemporaryFolder } from "./temporary-folder";

const EVENTS = 50_000;
const ROUNDS = 15;

/** A load without a snapshot, beside a hand-written read of the same rows of the same file. */
export async function replay(): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const path = join(folder, "bank.db");
    await using domain = await openBank({ provider: "sqlite", path });
    await writeHistory(domain, "long", { count: EVENTS });
    const database = new Database(path, { readonly: true });
    const select = database
      .prepare<[string], [type: string, data: string]>(
        "SELECT type, data FROM events WHERE stream = ? ORDER BY position",
      )
      .raw();

    const accounts = domain.repositoryFor(Account);
    const stream = domain.streamFor(Account, "long");
    const byHand = (): PlainAccount => {
      const account = newPlainAccount();
      for (const [type, data] of select.iterate(stream)) foldPlain(account, type, data);
      return account;
    };
    expectSameAccount(await accounts.get("long"), byHand());

    const measured = await interleaved(
      [
        { operations: 1, sample: async () => void (await accounts.get("long")) },
        { operations: 1, sample: () => void byHand() },
      ],
      ROUNDS,
    );
    database.close();
    const limit = measured[1]?.median ?? Number.NaN;
    printTable(
      `Full replay of ${figure(EVENTS, 0)} events from SQLite, median of ${ROUNDS}`,
      ["", "ms", "min", "max", "ratio"],
      ["Tidemark", "hand-written"].map((name, index) => {
        const { median, min, max } = measured[index] ?? { median: 0, min: 0, max: 0 };
        return [name, figure(median, 1), figure(min, 1), figure(max, 1), figure(median / limit, 2)];
      }),
    );
  });
}
