import { deepEqual, equal, rejects } from "node:assert/strict";

import { Aggregate, apply, Decimal, type DecimalInput, DomainEvent, decimal } from "@tidemark/core";
import { type EventStoreAdapter } from "@tidemark/core/adapter";
import { z } from "zod";
import { domainOn } from "../domain-under-test";
import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";

/** As given, and as it is stored. */
const EXACT: readonly (readonly [DecimalInput, string])[] = [
  ["0.1", "0.1"],
  ["-0.10", "-0.1"],
  [19.99, "19.99"],
  ["-0", "0"],
  ["1234567890123456789012345678901234567890.1234567890", "1234567890123456789012345678901234567890.123456789"],
  ["-9007199254740993", "-9007199254740993"],
  [12345678901234567890n, "12345678901234567890"],
  ["1e-30", "0.000000000000000000000000000001"],
  ["2.5E+30", "2500000000000000000000000000000"],
  [`-${"9".repeat(100)}.${"9".repeat(100)}`, `-${"9".repeat(100)}.${"9".repeat(100)}`],
  [new Decimal("0.1").plus("0.2"), "0.3"],
];

export function decimals(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("are stored as texts and come back with every digit, from events and from a snapshot", async () => {
    const { domain, ledgers, Ledger } = await openLedgers(at.adapter);
    const ledger = Ledger.createNew({ id: "1" });
    for (const [given] of EXACT) ledger.book(given);
    await ledgers.add(ledger);
    const texts = EXACT.map(([, text]) => text);
    const stored: unknown[] = [];
    for await (const { data } of domain.eventStore.read("decimals::ledger-1")) stored.push(data.amount);
    deepEqual(stored, texts);
    const replayed = await ledgers.get("1");
    await domain.createSnapshot(replayed);
    const snapshot = await domain.snapshotsFor(Ledger).get("1");
    deepEqual(snapshot?.state.amounts, texts);
    const loaded = await ledgers.get("1");
    for (const each of [replayed, loaded]) {
      deepEqual(each.amounts.map(String), texts);
      equal(each.total.equals(ledger.total), true);
      deepEqual(JSON.parse(JSON.stringify(each)), JSON.parse(JSON.stringify(ledger)));
    }
  });

  it("add up exactly, before and after a snapshot", async () => {
    const { domain, ledgers, Ledger } = await openLedgers(at.adapter);
    const ledger = Ledger.createNew({ id: "1" });
    for (let n = 0; n < 10; n++) ledger.book("0.1");
    await ledgers.add(ledger);
    await domain.createSnapshot(ledger);
    await ledgers.update("1", (each) => each.book("-1.00000000000000000000000000000000000001"));
    equal(String((await ledgers.get("1")).total), "-0.00000000000000000000000000000000000001");
    equal(String((await ledgers.get("1", { atVersion: 9 })).total), "1");
  });

  it("are compared by value when snapshots are verified", async () => {
    const { domain, ledgers, Ledger } = await openLedgers(at.adapter);
    await ledgers.add(Ledger.createNew({ id: "1" }).book("1.50", "2.50"));
    await domain.createSnapshot(Ledger, "1");
    equal((await domain.snapshotsFor(Ledger).verify("1")).outcome, "equal");
    const now = await openLedgers(at.adapter, "1.01");
    deepEqual(await now.domain.snapshotsFor(now.Ledger).verify("1"), {
      id: "1",
      version: 1,
      outcome: "drift",
      differences: [{ path: "total", snapshot: "4", events: "4.04" }],
      repaired: false,
    });
  });

  it("that cannot be stored are refused, and nothing is written", async () => {
    const { ledgers, Ledger } = await openLedgers(at.adapter);
    await ledgers.add(Ledger.createNew({ id: "1" }).book("1"));
    for (const amount of [Number.NaN, "Infinity", 0.1 + 0.2, "1,5", "1e101", new Decimal(1).div(3)]) {
      await rejects(
        ledgers.update("1", (ledger) => ledger.book("2", amount)),
        { code: "VALIDATION_FAILED" },
        String(amount),
      );
    }
    deepEqual((await ledgers.get("1")).amounts.map(String), ["1"]);
  });
}

/** @param factor of every amount that is added to a total: code that changed while the shape stayed. */
async function openLedgers(adapter: EventStoreAdapter, factor = "1") {
  const domain = domainOn(adapter, { name: "decimals" });

  @domain.event({ partOf: "Ledger" })
  class Booked extends DomainEvent({ amount: decimal() }) {}

  @domain.aggregate({ eventSourced: true })
  class Ledger extends Aggregate({ total: decimal().default("0"), amounts: z.array(decimal()).default([]) }) {
    book(...amounts: DecimalInput[]): this {
      for (const amount of amounts) this.raise(new Booked({ amount }));
      return this;
    }

    @apply(Booked)
    onBooked(event: Booked): void {
      this.total = this.total.plus(event.amount.times(factor));
      this.amounts.push(event.amount);
    }
  }

  await domain.init();
  return { domain, ledgers: domain.repositoryFor(Ledger), Ledger };
}
