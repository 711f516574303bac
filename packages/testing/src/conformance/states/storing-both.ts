import { deepEqual, equal, rejects } from "node:assert/strict";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { all, openShop } from "./shop-under-test";

export function storingBoth(at: StoreUnderTest): void {
  const { it } = testRunner();

  /** Stores an event that no row tells of, as a release does that knows of no rows. */
  const fillBehindItsRow = async ({ domain }: Awaited<ReturnType<typeof openShop>>, amount: number) => {
    const events = [{ type: "Conformance.Filled.v1", data: { walletId: "w-1", amount } }];
    await domain.eventStore.append([{ stream: "conformance::wallet-w-1", events }]);
  };

  it("keep a row at the version of the stream, and earlier states in the events", async () => {
    const { wallets, Wallet } = await openShop(at.adapter);
    await wallets.add(Wallet.filled("w-1", 1));
    await wallets.update("w-1", (wallet) => {
      wallet.fill(2);
      wallet.fill(3);
    });
    const { balance, amounts, version } = await wallets.get("w-1");
    deepEqual([balance, amounts, version], [6, [1, 2, 3], 2]);
    equal((await wallets.get("w-1", { atVersion: 1 })).balance, 3);
    deepEqual(
      (await all(wallets.history("w-1"))).map(({ state }) => state.balance),
      [1, 3, 6],
    );
  });

  it("fold the events again where the row turns out to be behind", async () => {
    const shop = await openShop(at.adapter);
    const { wallets, Wallet } = shop;
    await wallets.add(Wallet.filled("w-1", 1));
    await fillBehindItsRow(shop, 10);
    await wallets.update("w-1", (wallet) => wallet.fill(2));
    const { balance, amounts, version } = await (await openShop(at.adapter)).wallets.get("w-1");
    deepEqual([balance, amounts, version], [13, [1, 10, 2], 2]);
  });

  it("fold the events where there is no row, and store one with the next save", async () => {
    const shop = await openShop(at.adapter);
    const { wallets } = shop;
    await fillBehindItsRow(shop, 10);
    deepEqual([await wallets.exists("w-1"), (await wallets.get("w-1")).balance], [true, 10]);
    await wallets.update("w-1", (wallet) => wallet.fill(2));
    equal((await wallets.get("w-1")).balance, 12);
    deepEqual([await all(wallets.ids()), await wallets.count()], [["w-1"], 1]);
  });

  it("refuse whoever loaded the aggregate before another save", async () => {
    const { wallets, Wallet } = await openShop(at.adapter);
    await wallets.add(Wallet.filled("w-1", 1));
    const mine = await wallets.get("w-1");
    await wallets.update("w-1", (wallet) => wallet.fill(2));
    mine.fill(5);
    const details = { stream: "conformance::wallet-w-1", expected: 0, actual: 1 };
    await rejects(wallets.add(mine), { code: "EXPECTED_VERSION_MISMATCH", details });
    equal((await wallets.get("w-1")).balance, 3);
  });
}
