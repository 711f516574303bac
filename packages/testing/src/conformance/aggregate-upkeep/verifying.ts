import { deepEqual, equal, rejects } from "node:assert/strict";

import type { AggregateOptions } from "@tidemark/core";

import { range } from "../event-store/sample-events";
import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { openWallets, StoredWallets } from "./wallets-under-test";

const CACHE: AggregateOptions = { stored: "both", truth: "events" };
const TRUTH: AggregateOptions = { stored: "both", truth: "state" };
const TABLE = "conformance_wallet_v1";

export function verifying(at: StoreUnderTest): void {
  const { it } = testRunner();

  /** Opens wallets "a", "b" and "c", and pays 5 to each. */
  async function threeWallets(storage: AggregateOptions) {
    const wallets = await openWallets(at.adapter, { storage });
    for (const id of ["a", "b", "c"]) {
      await wallets.change(id, { kind: "open", text: `Holder of ${id}` });
      await wallets.change(id, { kind: "pay", number: 5 });
    }
    return { ...wallets, rows: new StoredWallets(at.adapter, TABLE) };
  }

  for (const [truth, storage] of [
    ["events", CACHE],
    ["state", TRUTH],
  ] as const) {
    it(`rows are equal to what their events give, where the truth is ${truth}`, async () => {
      const { domain, Wallet } = await threeWallets(storage);
      deepEqual(await domain.verifyAggregate(Wallet), {
        checked: 3,
        differing: 0,
        differences: [],
        failing: 0,
        failed: [],
        repaired: 0,
      });
    });

    it(`each path that differs is told with both values, where the truth is ${truth}`, async () => {
      const { domain, Wallet, rows } = await threeWallets(storage);
      await rows.alter("b", "holder", "Mallory");
      await rows.alter("b", "tags", '["x"]');
      const { differing, differences } = await domain.verifyAggregate(Wallet);
      deepEqual(
        [differing, differences],
        [
          1,
          [
            { id: "b", path: "holder", stored: "Mallory", folded: "Holder of b" },
            { id: "b", path: "tags[0]", stored: "x", folded: undefined },
          ],
        ],
      );
    });

    it(`nothing is found to differ while others save, where the truth is ${truth}`, async () => {
      const { domain, Wallet, change } = await threeWallets(storage);
      let isOver = false;
      const saving = (async () => {
        for (let n = 0; !isOver; n++) await change("abc"[n % 3]!, { kind: "pay", number: n });
      })();
      try {
        for (const _ of range(10)) {
          const { differing, failed } = await domain.verifyAggregate(Wallet, { repair: truth === "events" });
          deepEqual([differing, failed], [0, []]);
        }
      } finally {
        isOver = true;
        await saving;
      }
    });
  }

  it("a repair writes what differs and what is missing, and removes what has no events", async () => {
    const { domain, Wallet, rows } = await threeWallets(CACHE);
    const before = [await rows.row("a"), await rows.row("b"), await rows.row("c")];
    await rows.alter("a", "holder", "Mallory");
    await rows.remove("b");
    await rows.alter("c", "id", "ghost");
    const found = await domain.verifyAggregate(Wallet, { repair: true });
    deepEqual(
      [found.checked, found.differing, found.repaired, found.differences.map(({ id, path }) => [id, path])],
      [
        4,
        3,
        3,
        [
          ["a", "holder"],
          ["b", ""],
          ["ghost", ""],
        ],
      ],
    );
    deepEqual([await rows.row("a"), await rows.row("b"), await rows.row("c")], before);
    equal(await rows.row("ghost"), undefined);
    equal((await domain.verifyAggregate(Wallet)).differing, 0);
  });

  it("a row that is behind its events differs, and a repair brings it up to date", async () => {
    const { domain, Wallet, rows, change } = await threeWallets(CACHE);
    const release = await openWallets(at.adapter, { storage: { stored: "events" } }).catch((error: Error) => error);
    equal(release instanceof Error && release.message.includes("domain aggregate convert Wallet"), true);
    await domain.eventStore.append([
      { stream: domain.streamFor(Wallet, "a"), events: [{ type: "Conformance.Paid.v1", data: { amount: 7 } }] },
    ]);
    const { differences } = await domain.verifyAggregate(Wallet, { repair: true });
    deepEqual(
      differences.map(({ id, path }) => [id, path]),
      [
        ["a", "balance"],
        ["a", "payments"],
        ["a", "mean"],
      ],
    );
    equal((await rows.row("a"))!.at(-1), 2);
    await change("a", { kind: "pay", number: 1 });
    equal(String((await domain.repositoryFor(Wallet).get("a")).balance), "13");
  });

  it("a fold that changed shows, and a repair follows it", async () => {
    await threeWallets(CACHE);
    const { domain, Wallet } = await openWallets(at.adapter, { storage: CACHE, worthOf: (amount) => 2 * amount });
    const found = await domain.verifyAggregate(Wallet, { sample: 2, seed: 1 });
    deepEqual([found.checked, found.differing, found.repaired], [2, 2, 0]);
    deepEqual((await domain.verifyAggregate(Wallet, { repair: true })).repaired, 3);
    equal(String((await domain.repositoryFor(Wallet).get("c")).balance), "10");
  });

  it("aggregates whose events cannot be folded are told, and the others are repaired", async () => {
    const { domain, Wallet, rows } = await threeWallets(CACHE);
    await domain.eventStore.append([
      { stream: domain.streamFor(Wallet, "b"), events: [{ type: "Conformance.Vanished.v1", data: {} }] },
    ]);
    await rows.remove("c");
    const { checked, differing, repaired, failing, failed } = await domain.verifyAggregate(Wallet, { repair: true });
    deepEqual([checked, differing, repaired, failing, failed[0]?.id], [3, 1, 1, 1, "b"]);
  });

  it("the rows that are the truth are not repaired", async () => {
    const { domain, Wallet, rows } = await threeWallets(TRUTH);
    await rows.alter("b", "holder", "Mallory");
    await rejects(domain.verifyAggregate(Wallet, { repair: true }), {
      code: "INCORRECT_USAGE",
      message: /^Cannot repair Wallet: its rows are the truth/,
    });
    equal((await domain.repositoryFor(Wallet).get("b")).holder, "Mallory");
  });

  it("a deleted aggregate leaves nothing to differ", async () => {
    const { domain, Wallet } = await threeWallets(TRUTH);
    await domain.repositoryFor(Wallet).delete("b");
    const { checked, differing } = await domain.verifyAggregate(Wallet);
    deepEqual([checked, differing], [2, 0]);
  });
}
