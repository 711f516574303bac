import { type Printer, table } from "@tidemark/example-tour";
import { Account, domain, MakeDeposit, OpenAccount } from "../domain";

/** Opens an account with 1,000 and deposits 100 seven times: the threshold of five makes a snapshot due in between. */
export async function everydayAccount({ heading, line }: Printer): Promise<void> {
  heading("An everyday account");
  const id = await domain.process(
    new OpenAccount({ accountNumber: "ACC-001", holderName: "Alice", openingDeposit: 1000 }),
  );
  const snapshots = domain.snapshotsFor(Account);
  const rows = [["Alice opens it with 1000", "0", "-"]];
  for (let deposit = 1; deposit <= 7; deposit++) {
    const before = await snapshots.get(id);
    await domain.process(new MakeDeposit({ accountId: id, amount: 100 }));
    const after = await snapshots.get(id);
    const isNew = after !== undefined && after.version !== before?.version;
    rows.push(["She deposits 100", String(deposit), isNew ? `at version ${after.version}` : "-"]);
  }
  const columns = [
    ["what happens", "left"],
    ["version", "right"],
    ["snapshot written", "left"],
  ] as const;
  for (const text of table(columns, rows)) line(`  ${text}`);
  line();

  const account = await domain.repositoryFor(Account).get(id);
  const snapshot = await snapshots.get(id);
  const replayed = account.version - (snapshot?.version ?? -1);
  line(`  To load it takes the snapshot and a replay of ${replayed} events, not ${account.version + 1}:`);
  line(`  balance ${account.balance.toFixed(2)} at version ${account.version}`);
  line();
}
