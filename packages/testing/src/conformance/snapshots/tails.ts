import { deepEqual, equal } from "node:assert/strict";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { type Account, openBank, stateOf } from "./bank-under-test";
import { openAccount } from "./history";

export function tails(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("gives each aggregate's snapshot state and the events after it, all events where there is none", async () => {
    const bank = await openBank(at.adapter);
    await openAccount(bank, "1", 4);
    await bank.domain.createSnapshot(bank.Account, "1");
    const saved = stateOf(await bank.accounts.get("1"));
    await bank.accounts.update("1", (account) => account.deposit(10, 20));
    await openAccount(bank, "2", 2);
    await openAccount(bank, "3", 3);
    await bank.domain.createSnapshot(bank.Account, "3");
    const found: unknown[] = [];
    for await (const { id, state, version, tail } of bank.domain.snapshotsFor(bank.Account).withTail()) {
      const amounts: unknown[] = [];
      for await (const event of tail) amounts.push([event.position, event.data.amount]);
      found.push([id, version, state?.balance, amounts]);
      if (id === "1") deepEqual({ ...state, id, version }, saved);
    }
    deepEqual(found, [
      [
        "1",
        3,
        6,
        [
          [4, 10],
          [5, 20],
        ],
      ],
      [
        "2",
        -1,
        undefined,
        [
          [0, undefined],
          [1, 1],
        ],
      ],
      ["3", 2, 3, []],
    ]);
  });

  it("rebuilds the same read model as all the events, whatever became of the snapshots", async () => {
    const bank = await openBank(at.adapter, { config: { snapshot_threshold: 7 } });
    for (let n = 0; n < 30; n++) {
      await openAccount(bank, `a-${n}`, 1 + n);
      if (n % 3 === 0) await bank.accounts.update(`a-${n}`, (account) => account.deposit(1, 2));
    }
    const stream = "conformance::account:snapshot-a-20";
    const snapshot = await bank.domain.eventStore.readLast(stream);
    const broken = { ...(snapshot?.data as object), state: {} };
    await bank.domain.eventStore.append([{ stream, events: [{ type: "SNAPSHOT", data: broken }] }]);

    const balances = new Map<string, number>();
    for await (const event of bank.domain.eventStore.readCategory("conformance::account")) {
      const id = event.stream.slice("conformance::account-".length);
      balances.set(id, (balances.get(id) ?? 0) + ((event.data.amount as number | undefined) ?? 0));
    }
    const rebuilt = new Map<string, number>();
    for await (const { id, state, tail } of bank.domain.snapshotsFor<Account>(bank.Account).withTail()) {
      let balance = state?.balance ?? 0;
      for await (const event of tail) balance += (event.data.amount as number | undefined) ?? 0;
      rebuilt.set(id, balance);
    }
    deepEqual(new Map([...rebuilt].sort()), new Map([...balances].sort()));
    equal(rebuilt.size, 30);
    deepEqual(
      bank.warnings.map(({ reason }) => reason),
      ["damaged"],
    );
  });

  it("can be left early, with tails that nobody read", async () => {
    const bank = await openBank(at.adapter);
    for (let n = 0; n < 20; n++) await openAccount(bank, `a-${n}`, 2);
    const ids: string[] = [];
    for await (const { id } of bank.domain.snapshotsFor(bank.Account).withTail()) {
      ids.push(id);
      if (ids.length === 2) break;
    }
    deepEqual(ids, ["a-0", "a-1"]);
  });
}
