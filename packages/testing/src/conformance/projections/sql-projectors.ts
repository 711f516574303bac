import { deepEqual, rejects } from "node:assert/strict";

import {
  Aggregate,
  apply,
  Decimal,
  DomainEvent,
  decimal,
  identifier,
  on,
  type SqlStatement,
  type SqlValue,
  sql,
} from "@tidemark/core";
import type { EventStoreAdapter } from "@tidemark/core/adapter";
import { z } from "zod";

import { domainOn } from "../domain-under-test";
import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";

interface VolumeOptions {
  readonly table?: string;
  /** The table as statements name it. */
  readonly inSql: string;
  readonly batch?: number;
}

/** A statement that names a table as the store under test wants it. */
function statement(texts: readonly string[], ...values: readonly SqlValue[]): SqlStatement {
  return sql(Object.assign([...texts], { raw: texts }), ...values);
}

async function openVolume(adapter: EventStoreAdapter, { table = "daily_volume", inSql, batch = 500 }: VolumeOptions) {
  const domain = domainOn(adapter, {
    name: "fidelis",
    // The test of a failing method looks at its error.
    logger: { warn: () => undefined },
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
    @apply(Deposited)
    deposited(_: Deposited): void {}
  }
  @domain.sqlProjector({ tables: [table] })
  class Volume {
    @on(Deposited)
    deposited(event: Deposited) {
      if (event.amount.isNegative()) throw new Error("an amount is never negative");
      const made = [`insert into ${inSql} (day, deposits, note) values (`, ", 0, ", ") on conflict (day) do nothing"];
      const counted = [`update ${inSql} set deposits = deposits + 1, note = `, " where day = ", ""];
      return [statement(made, event.day, null), statement(counted, event.amount.toFixed(2), event.day)];
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
  const inSql = () => at.tableInSql("daily_volume");
  const rows = async () =>
    Array.from(await operations().readModels.rows(VOLUME, ["monday", "tuesday"]), (row) => [...row]).sort();

  it("run their statements once for each event, in batches of any size", async () => {
    if (!operations().runsStatements) return;
    await operations().readModels.createTable(VOLUME);
    const { domain, deposit } = await openVolume(at.adapter, { inSql: inSql(), batch: 2 });
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
    const { domain, deposit } = await openVolume(at.adapter, { inSql: inSql() });
    await deposit("a-1", "monday", "1", "2", "-3", "4");
    await rejects(domain.catchUp(), /Volume.deposited/);
    deepEqual(await rows(), [["monday", 2, "2.00"]]);
    await domain.close();
  });

  it("are refused where their table is not there, or the store runs no SQL", async () => {
    const expected = operations().runsStatements
      ? /Volume changes the table "missing_volume", which is not there: create it before the domain starts/
      : /Volume is an SQL projector, and the store .* runs no SQL/;
    await rejects(openVolume(at.adapter, { table: "missing_volume", inSql: "missing_volume" }), expected);
  });
}
