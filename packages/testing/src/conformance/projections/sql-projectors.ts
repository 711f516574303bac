import { deepEqual, rejects } from "node:assert/strict";

import { Aggregate, apply, Decimal, DomainEvent, decimal, identifier, on, sql } from "@tidemark/core";
import type { EventStoreAdapter } from "@tidemark/core/adapter";
import { z } from "zod";

import { domainOn } from "../domain-under-test";
import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";

async function openVolume(adapter: EventStoreAdapter, { table = "daily_volume", batch = 500 } = {}) {
  const domain = domainOn(adapter, {
    name: "fidelis",
    config: { server: { embedded: false }, subscriptions: { batch } },
  });
  @domain.event({ partOf: "Account" })
  class Deposited extends DomainEvent({ accountId: identifier(), day: z.string(), amount: decimal() }) {}
  @domain.aggregate({ eventSourced: true })
  class Account extends Aggregate({}) {
    deposit(day: string, amount: string): this {
      this.raise(new Deposited({ accountId: this.id, day, amount }));
      return this;
    }
    @apply
    deposited(_: Deposited): void {}
  }
  @domain.sqlProjector({ tables: [table] })
  class Volume {
    @on(Deposited)
    deposited(event: Deposited) {
      if (event.amount.isNegative()) throw new Error("an amount is never negative");
      const id = sql.identifier(table);
      return [
        sql`insert into ${id} (day, deposits, note) values (${event.day}, 0, ${null}) on conflict (day) do nothing`,
        sql`update ${id} set deposits = deposits + 1, note = ${event.amount.toFixed(2)} where day = ${event.day}`,
      ];
    }
  }
  await domain.init();
  const deposit = (id: string, day: string, ...amounts: readonly string[]) => {
    const account = Account.createNew({ id });
    for (const amount of amounts) account.deposit(day, amount);
    return domain.repositoryFor(Account).add(account);
  };
  return { domain, deposit, Volume };
}

const VOLUME = {
  name: "daily_volume",
  columns: [
    { name: "day", type: "text" },
    { name: "deposits", type: "integer" },
    { name: "note", type: "text" },
  ],
} as const;

export function sqlProjectors(at: StoreUnderTest): void {
  const { it } = testRunner();
  const operations = () => at.adapter.operations!;
  const rows = async () =>
    Array.from(await operations().readModels.rows(VOLUME, ["monday", "tuesday"]), (row) => [...row]).sort();

  it("run their statements once for each event, in batches of any size", async () => {
    if (!operations().runsStatements) return;
    await operations().readModels.createTable(VOLUME);
    const { domain, deposit } = await openVolume(at.adapter, { batch: 2 });
    await deposit("a-1", "monday", "1.005", "2", "3.5");
    await deposit("a-2", "tuesday", new Decimal("0.1").plus("0.2").toFixed());
    await domain.catchUp();
    await deposit("a-3", "monday", "9");
    await domain.catchUp();
    deepEqual(await rows(), [
      ["monday", 4, "9.00"],
      ["tuesday", 1, "0.30"],
    ]);
    await domain.close();
  });

  it("keep what came before an event that a method fails on", async () => {
    if (!operations().runsStatements) return;
    await operations().readModels.createTable(VOLUME);
    const { domain, deposit } = await openVolume(at.adapter);
    await deposit("a-1", "monday", "1", "2", "-3", "4");
    await rejects(domain.catchUp(), /Volume.deposited/);
    deepEqual(await rows(), [["monday", 2, "2.00"]]);
    await domain.close();
  });

  it("are refused where their table is not there, or the store runs no SQL", async () => {
    const expected = operations().runsStatements
      ? /Volume changes the table "missing_volume", which is not there: create it before the domain starts/
      : /Volume is an SQL projector, and the store .* runs no SQL/;
    await rejects(openVolume(at.adapter, { table: "missing_volume" }), expected);
  });
}
