import type { Bank } from "./bank-under-test";

/** Opens an account and makes deposits of 1, 2, 3, … in one save: `events` events in all. */
export async function openAccount({ Account, accounts }: Bank, id: string, events: number): Promise<void> {
  const account = Account.open(id);
  account.deposit(...Array.from({ length: events - 1 }, (_, index) => index + 1));
  await accounts.add(account);
}

/** The versions of an account's snapshots, the latest first. */
export async function snapshotVersions({ domain, Account }: Bank, id: string): Promise<number[]> {
  return (await domain.snapshotsFor(Account).list(id)).map(({ version }) => version);
}

/** Where the latest snapshot is; -1 for none. */
export async function snapshotVersion(bank: Bank, id: string): Promise<number> {
  return (await snapshotVersions(bank, id))[0] ?? -1;
}
