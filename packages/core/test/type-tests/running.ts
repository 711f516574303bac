import { Domain, type EventStoreDiagnosis, type Snapshot, type SnapshotRun } from "@tidemark/core";

import { Account, DepositMade, domain, MakeDeposit, OpenAccount } from "./readme-example";

export async function running(): Promise<void> {
  await domain.init();
  const id = await domain.process(
    new OpenAccount({ accountNumber: "ACC-001", holderName: "Alice", openingDeposit: 1000 }),
  );
  const length: number = id.length;
  const unknown = await domain.process(new MakeDeposit({ accountId: id, amount: 100 }));
  // @ts-expect-error: what a handler returns is unknown until it is said
  unknown.length;
  await domain.process(new MakeDeposit({ accountId: id, amount: 100 }), { correlationId: "request-1" });
  // @ts-expect-error: an unknown option
  await domain.process(new MakeDeposit({ accountId: id, amount: 100 }), { correlation: "request-1" });
  // @ts-expect-error: a missing key
  await domain.process(new MakeDeposit({ accountId: id }));

  const accounts = domain.repositoryFor(Account);
  const account: Account = await accounts.get(id);
  const balance: number = account.balance;
  const status: "ACTIVE" | "CLOSED" = account.status;
  account.deposit(5);
  // @ts-expect-error: not a method
  account.withdraw(5);
  const found: Account | undefined = await accounts.find(id);
  // @ts-expect-error: there may be none
  (await accounts.find(id)).balance;
  const updated: Account = await accounts.update(id, (one) => one.deposit(5));
  // @ts-expect-error: an amount is a number
  await accounts.update(id, (one) => one.deposit("5"));
  // @ts-expect-error: not an aggregate of this repository
  await accounts.add(new DepositMade({ accountId: id, amount: 5 }));
  // @ts-expect-error: a repository adds
  await accounts.save(account);
  await accounts.get(id, { atVersion: 2 });
  await accounts.get(id, { asOf: new Date() });
  // @ts-expect-error: a version is a number
  await accounts.get(id, { atVersion: "2" });
  // @ts-expect-error: a moment is a Date
  await accounts.get(id, { asOf: "2026-02-20" });
  // @ts-expect-error: one state at a time
  await accounts.get(id, { atVersion: 2, asOf: new Date() });
  // @ts-expect-error: which earlier state
  await accounts.find(id, {});
  // @ts-expect-error: only aggregates have repositories
  domain.repositoryFor(DepositMade);
  const result: number = await domain.unitOfWork(async () => balance);

  const snapshots: Snapshot[] = [
    await domain.createSnapshot(Account, id),
    await domain.createSnapshot(account),
    await domain.createSnapshot(Account, id, { rebuild: true }),
  ];
  // @ts-expect-error: of which one
  await domain.createSnapshot(Account);
  // @ts-expect-error: a live aggregate has its id
  await domain.createSnapshot(account, id);
  // @ts-expect-error: not an aggregate
  await domain.createSnapshot(DepositMade, id);
  const run: SnapshotRun = await domain.createSnapshots(Account);
  const runs: Record<string, SnapshotRun> = await domain.createAllSnapshots();
  const { eventStore, diagnoses = [] }: EventStoreDiagnosis = await domain.diagnoseEventStore();
  const verdicts: readonly ("fine" | "warning" | "danger" | "unknown")[] = diagnoses.map(({ verdict }) => verdict);
  // @ts-expect-error: an advice may be absent
  const advices: readonly string[] = diagnoses.map(({ advice }) => advice);
  await domain.close();
  void [length, status, found, updated, result, snapshots, run, runs, eventStore, verdicts, advices];
}

export async function disposing(): Promise<void> {
  await using temporary = new Domain("temporary");
  await temporary.init();
}

new Domain("fidelis", {
  root: ".",
  config: {
    snapshot_threshold: 5,
    event_store: { provider: "sqlite", path: ":memory:" },
    snapshots: { mode: "manual", on: ["save"], keep: 2, aggregates: { Account: { threshold: 25 } } },
  },
});
// @ts-expect-error: an unknown key
new Domain("fidelis", { config: { snapshot_treshold: 5 } });
// @ts-expect-error: a wrong type
new Domain("fidelis", { config: { snapshot_threshold: "5" } });
// @ts-expect-error: an unknown mode
new Domain("fidelis", { config: { snapshots: { mode: "later" } } });
// @ts-expect-error: an unknown option
new Domain("fidelis", { folder: "." });
// @ts-expect-error: a name is needed
new Domain();
