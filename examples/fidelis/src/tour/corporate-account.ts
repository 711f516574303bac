import { Domain } from "@tidemark/core";
import { type Printer, table } from "@tidemark/example-tour";

import { Account, AccountClosed, AccountOpened, DepositMade, WithdrawalMade } from "../domain";
import { importCorporateAccount } from "./corporate-import";
import { money, whole } from "./figures";
import { medianMs } from "./median-ms";

const CORPORATE_ID = "acc-corporate-001";

/** The number of loads behind each median: full replays take longer, so there are fewer of them. */
const LOADS = { withoutSnapshot: 9, withSnapshot: 101 };

/** Imports a long history and loads it without a snapshot and with one. */
export async function corporateAccount({ heading, line }: Printer, eventCount: number): Promise<void> {
  heading("A corporate account");
  // The same bank without automatic snapshots: otherwise the first load would write the snapshot that it must not have.
  await using bank = new Domain("fidelis", { config: { snapshots: { mode: "manual" } } });
  bank.register(Account, AccountOpened, DepositMade, WithdrawalMade, AccountClosed);
  await bank.init();
  const accounts = bank.repositoryFor(Account);
  const load = () => accounts.get(CORPORATE_ID);

  const began = performance.now();
  await importCorporateAccount(bank, CORPORATE_ID, eventCount);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  line(`  Imported ${CORPORATE_ID} with ${whole(eventCount)} events in ${seconds} s.`);

  const fullMs = await medianMs(LOADS.withoutSnapshot, load);
  const replayedInFull = (await load()).version + 1;

  const snapshot = await bank.createSnapshot(Account, CORPORATE_ID);
  await accounts.update(CORPORATE_ID, (account) => {
    for (let deposit = 1; deposit <= 5; deposit++) account.deposit(100);
  });
  line(`  Created a snapshot at version ${whole(snapshot.version)}; five more deposits follow it.`);
  line();

  const tailMs = await medianMs(LOADS.withSnapshot, load);
  const account = await load();
  const replayedTail = account.version - snapshot.version;

  const columns = [
    ["load", "left"],
    ["events replayed", "right"],
    ["milliseconds", "right"],
    ["ratio", "right"],
  ] as const;
  const rows = [
    ["without a snapshot", whole(replayedInFull), fullMs.toFixed(2), whole(fullMs / tailMs)],
    ["with its snapshot", whole(replayedTail), tailMs.toFixed(2), "1"],
  ];
  for (const text of table(columns, rows)) line(`  ${text}`);
  line();
  line(`  balance ${money(account.balance)} at version ${whole(account.version)}`);
  line(`  (medians of ${LOADS.withoutSnapshot} and ${LOADS.withSnapshot} loads, file and code warm)`);
  line();
}
