import { deepEqual, equal, rejects, throws } from "node:assert/strict";

import type { LoadRequest } from "@tidemark/core/adapter";

import { UNCACHED } from "../domain-under-test";
import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { type Account, type Bank, openBank, stateOf } from "./bank-under-test";
import { openAccount, snapshotVersions } from "./history";
import { randomNumbers } from "./random-numbers";

export function using(at: StoreUnderTest): void {
  const { it } = testRunner();

  /** A bank whose loads tell how many events they folded. */
  async function countingBank(): Promise<Bank & { folded(): number }> {
    let folded = 0;
    const load = async (request: LoadRequest) => {
      const loaded = await at.adapter.load(request);
      folded += loaded.page.events.length / 2;
      return loaded;
    };
    const bank = await openBank(at.adapter, { config: UNCACHED, store: { load } });
    return { ...bank, folded: () => folded };
  }

  it("spares the events below it: a load folds exactly those after it", async () => {
    const bank = await countingBank();
    await openAccount(bank, "1", 300);
    await bank.domain.createSnapshot(bank.Account, "1");
    await bank.accounts.update("1", (account) => account.deposit(1, 2, 3, 4, 5));
    const before = bank.folded();
    const account = await bank.accounts.get("1");
    equal(bank.folded() - before, 5);
    deepEqual([account.version, account.balance], [304, (299 * 300) / 2 + 15]);
  });

  it("serves alone when nothing has happened since", async () => {
    const bank = await countingBank();
    await openAccount(bank, "1", 3);
    await bank.domain.createSnapshot(bank.Account, "1");
    const before = bank.folded();
    equal((await bank.accounts.get("1")).balance, 3);
    equal(bank.folded(), before);
  });

  it("gives back what was saved: dates, bigints, nested values, -0", async () => {
    const bank = await openBank(at.adapter);
    const account = bank.Account.open("1");
    account.count(12345678901234567890n);
    account.deposit(0.1, 0.2);
    await bank.accounts.add(account);
    const replayed = await bank.accounts.get("1");
    await bank.domain.createSnapshot(account);
    const loaded = await bank.accounts.get("1");
    deepEqual(stateOf(loaded), stateOf(account));
    deepEqual(stateOf(loaded), stateOf(replayed));
    equal(loaded.openedOn instanceof Date, true);
    equal(Object.is((loaded.notes["a-b"] as [null, { deep: number }])[1].deep, -0), true);
  });

  it("takes further events as if all had been replayed", async () => {
    const bank = await openBank(at.adapter);
    await openAccount(bank, "1", 5);
    await bank.domain.createSnapshot(bank.Account, "1");
    await bank.accounts.update("1", (account) => account.deposit(100));
    deepEqual((await bank.accounts.get("1")).tags, ["t1", "t2", "t3", "t4", "t100"]);
  });

  it("serves earlier states from the best one at or before them", async () => {
    const bank = await countingBank();
    await openAccount(bank, "1", 100);
    for (const version of [49, 79]) {
      const account = await bank.accounts.get("1", { atVersion: version });
      equal(account.balance, (version * (version + 1)) / 2);
    }
    await bank.domain.createSnapshot(bank.Account, "1");
    await bank.accounts.update("1", (account) => account.deposit(...Array.from({ length: 50 }, () => 1)));
    const before = bank.folded();
    const account = await bank.accounts.get("1", { atVersion: 109 });
    deepEqual([account.version, account.balance, bank.folded() - before], [109, 4950 + 10, 10]);
    equal((await bank.accounts.get("1", { atVersion: 50 })).balance, (50 * 51) / 2);
  });

  it("and its events give the state of a full replay, for random histories with snapshots at random points", async () => {
    const bank = await openBank(at.adapter, { config: { snapshots: { keep: 2 } } });
    const next = randomNumbers(20261121);
    for (let history = 0; history < 500; history++) {
      const id = `h-${history}`;
      await bank.accounts.add(bank.Account.open(id, `holder ${history}`));
      for (let saves = next(4); saves >= 0; saves--) {
        await bank.accounts.update(id, (account) => {
          for (let events = next(6); events > 0; events--) {
            if (next(4) === 0) account.count(BigInt(next(1_000_000)));
            else account.deposit(next(1_000_000) / 100 - 3_000);
          }
        });
        if (next(3) === 0) await bank.domain.createSnapshot(bank.Account, id, { rebuild: next(2) === 0 });
      }
      const loaded = stateOf(await bank.accounts.get(id));
      await bank.domain.snapshotsFor(bank.Account).delete(id);
      deepEqual(await snapshotVersions(bank, id), []);
      deepEqual(loaded, stateOf(await bank.accounts.get(id)));
    }
  });

  it("holds nothing that no event carries, whatever was tried on the aggregate before it was saved", async () => {
    for (const mode of ["sync", "background"] as const) {
      const bank = await openBank(at.adapter, { config: { snapshot_threshold: 1, snapshots: { mode } } });
      const id = `spoilt-${mode}`;
      await bank.accounts.add(bank.Account.open(id));
      for (let save = 0; save < 3; save++) {
        const account = await bank.accounts.get(id);
        throws(() => (account.balance += 1_000), /balance changes only in @apply/);
        account.deposit(1);
        throws(() => (account.balance = 0), /balance changes only in @apply/);
        await bank.accounts.add(account);
        await refusesSpoilt(bank, id);
        await bank.domain.drainSnapshots();
        if (save === 1) await bank.domain.createSnapshot(account);
        deepEqual((await snapshotVersions(bank, id))[0], account.version);
        const loaded = stateOf(await bank.accounts.get(id));
        await bank.domain.snapshotsFor(bank.Account).delete(id);
        const replayed = await (await openBank(at.adapter)).accounts.get(id);
        deepEqual(loaded, stateOf(replayed));
        equal(replayed.balance, save + 1);
      }
    }
  });
}

const SPOIL: Readonly<Record<string, (account: Account) => unknown>> = {
  tags: (account) => account.tags.push("spoilt"),
  notes: (account) => (account.notes.spoilt = true),
  openedOn: (account) => account.openedOn.setFullYear(1970),
};

/** Changes a value inside of a field as no event does: neither an event nor the aggregate is taken after that. */
async function refusesSpoilt({ accounts }: Bank, id: string): Promise<void> {
  for (const [field, spoil] of Object.entries(SPOIL)) {
    const refusal = new RegExp(`A value in ${field} of Account "${id}" was changed outside of @apply`);
    const account = await accounts.get(id);
    spoil(account);
    throws(() => account.deposit(1), refusal);
    await rejects(() => accounts.add(account), refusal);
    const change = (one: Account) => {
      one.deposit(1);
      spoil(one);
    };
    await rejects(() => accounts.update(id, change), refusal);
  }
}
