import { deepEqual } from "node:assert/strict";
import {
  Aggregate,
  apply,
  Decimal,
  DomainEvent,
  decimal,
  identifier,
  on,
  Projection,
  ValueObject,
  valueObject,
} from "@tidemark/core";
import type { EventStoreAdapter } from "@tidemark/core/adapter";
import { z } from "zod";

import { domainOn } from "../domain-under-test";
import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { plain } from "./plain-rows";

class Money extends ValueObject({ amount: decimal(), currency: z.string() }) {}

/** Fields of every kind that a column can have. */
const FIELDS = {
  text: z.string(),
  whole: z.int(),
  fraction: z.number(),
  flag: z.boolean(),
  time: z.date(),
  exact: decimal(),
  big: z.bigint(),
  nested: z.object({ at: z.date(), list: z.array(z.bigint()) }),
  price: valueObject(Money),
  anything: z.any(),
  maybe: z.string().optional(),
  nothing: z.number().nullable(),
  either: z.date().nullish(),
  eitherToo: z.array(z.string()).nullish(),
};

type Values = z.output<z.ZodObject<typeof FIELDS>>;

const FULL: Values = {
  text: "Grüße 🌊 '\"\\\u0001",
  whole: 2 ** 53 - 1,
  fraction: 0.1 + 0.2,
  flag: true,
  time: new Date("2020-02-29T12:00:00.123Z"),
  exact: new Decimal("-12345678901234567890.000000000000000000010"),
  big: -(2n ** 200n),
  nested: { at: new Date(1), list: [2n ** 64n, 0n] },
  price: new Money({ amount: "1.50", currency: "EUR" }),
  anything: { at: new Date(5), big: 7n, list: [null, { $date: "no date" }] },
  maybe: "",
  nothing: -1e-300,
  either: new Date(0),
  eitherToo: [],
};

/** The least that a row can hold. */
const BARE: Values = {
  text: "",
  whole: 1 - 2 ** 53,
  fraction: 1e308,
  flag: false,
  time: new Date("1900-01-01T00:00:00.001Z"),
  exact: new Decimal("0"),
  big: 0n,
  nested: { at: new Date(-1), list: [] },
  price: new Money({ amount: "-0.00000001", currency: "" }),
  anything: null,
  nothing: null,
};

const NULLS: Values = { ...BARE, either: null, eitherToo: null };

async function openArchive(adapter: EventStoreAdapter) {
  const domain = domainOn(adapter, { name: "archive" });
  @domain.event({ partOf: "Record" })
  class Noted extends DomainEvent({ recordId: identifier(), ...FIELDS }) {}
  @domain.aggregate({ eventSourced: true })
  class Record extends Aggregate({}) {
    static note(id: string, values: Values): Record {
      const record = Record.createNew({ id });
      record.raise(new Noted({ recordId: id, ...values } as never));
      return record;
    }
    @apply(Noted)
    noted(_: Noted): void {}
  }
  @domain.projection({ mode: "inline" })
  class Entry extends Projection({ recordId: identifier(), ...FIELDS }) {
    @on(Noted, { creates: true })
    noted(event: Noted): void {
      Object.assign(this, event);
    }
  }
  await domain.init();
  return {
    domain,
    Record,
    Entry,
    note: (id: string, values: Values) => domain.repositoryFor(Record).add(Record.note(id, values)),
  };
}

export function exactRows(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("hold decimals, dates, bigints and nested values exactly, and tell null from absent", async () => {
    const { domain, Entry, note } = await openArchive(at.adapter);
    for (const [id, values] of [
      ["1", FULL],
      ["2", BARE],
      ["3", NULLS],
    ] as const)
      await note(id, values);
    deepEqual(plain(await domain.viewOf(Entry).all()), [
      { recordId: "1", ...FULL },
      { recordId: "2", ...BARE },
      { recordId: "3", ...NULLS },
    ]);
    await domain.close();
  });

  it("are found by every kind of value", async () => {
    const { domain, Entry, note } = await openArchive(at.adapter);
    for (const [id, values] of [
      ["1", FULL],
      ["2", BARE],
      ["3", NULLS],
    ] as const)
      await note(id, values);
    const view = domain.viewOf(Entry);
    const ids = async (found: typeof view) => (await found.all()).map(({ recordId }) => recordId);
    deepEqual(await ids(view.where("text", "=", FULL.text)), ["1"]);
    deepEqual(await ids(view.where("text", "contains", "🌊")), ["1"]);
    deepEqual(await ids(view.where("whole", "<", 0)), ["2", "3"]);
    deepEqual(await ids(view.where("fraction", "=", 0.1 + 0.2)), ["1"]);
    deepEqual(await ids(view.where("flag", "=", true)), ["1"]);
    deepEqual(await ids(view.where("time", ">=", FULL.time)), ["1"]);
    deepEqual(await ids(view.where("exact", "<", new Decimal(0))), ["1"]);
    deepEqual(await ids(view.where("big", "in", [0n])), ["2", "3"]);
    deepEqual(await ids(view.where("nothing", "=", null)), ["2", "3"]);
    deepEqual(await ids(view.where("either", "!=", null)), ["1"]);
    deepEqual(await ids(view.where("eitherToo", "=", null)), ["2", "3"]);
    deepEqual(await ids(view.orderBy("big").orderBy("time", "desc")), ["1", "2", "3"]);
    await domain.close();
  });
}
