import { tmpdir } from "node:os";
import { Aggregate, apply, Domain, DomainEvent, type EventContext, identifier, on, Projection } from "@tidemark/core";
import { everyRedelivery, fixedClock } from "@tidemark/testing";
import { z } from "zod";

import { dashboard } from "../given/fixtures/dashboard";

/** A counter whose projection does what `change` does with its row. */
function counters(change: (row: { value: number; note: string }, by: number, context: EventContext) => unknown) {
  const domain = new Domain("counters", { root: tmpdir(), clock: fixedClock(new Date(0)) });
  @domain.event({ partOf: "Counter" })
  class Counted extends DomainEvent({ counterId: identifier(), by: z.number() }) {}
  @domain.aggregate({ eventSourced: true })
  class Counter extends Aggregate({ value: z.number().default(0) }) {
    @apply(Counted)
    onCounted({ by }: Counted): void {
      this.value += by;
    }
  }
  void Counter;
  @domain.projection({})
  class Totals extends Projection({
    counterId: identifier(),
    value: z.number().default(0),
    note: z.string().default(""),
  }) {
    @on(Counted, { creates: true })
    counted({ by }: Counted, context: EventContext): void {
      change(this, by, context);
    }
  }
  const events = [1, 2, 3, 4].map((by) => new Counted({ counterId: by < 4 ? "one" : "two", by }));
  return { Totals, Counted, events };
}

describe("everyRedelivery", () => {
  it("passes a projection whose rows follow from its events", async () => {
    const { Summary, Balances, Counts, AccountStates, AccountErased, opened, deposited } = dashboard();
    const erased = new AccountErased({ accountId: "acc-1" });
    const events = [
      opened("acc-1"),
      deposited("acc-1", 1),
      opened("acc-2"),
      erased,
      opened("acc-1"),
      deposited("acc-2", 3),
    ];
    await everyRedelivery(Summary, events);
    await everyRedelivery(Balances, events);
    await everyRedelivery(Counts, events);
    await everyRedelivery(AccountStates, events);
  });

  it("passes one that takes the time of its events", async () => {
    const { Totals, events } = counters((row, by, { recordedAt }) => {
      row.value += by;
      row.note = recordedAt.toISOString();
    });
    await everyRedelivery(Totals, events);
  });

  let outside = 0;
  const seen = new Set<number>();
  it.each<[what: string, change: Parameters<typeof counters>[0]]>([
    ["the clock, even in days", (row) => Object.assign(row, { note: new Date().toISOString().slice(0, 10) })],
    ["Date.now()", (row) => Object.assign(row, { note: String(Date.now()) })],
    ["random numbers", (row) => Object.assign(row, { value: Math.random() })],
    ["a counter outside of the row", (row) => Object.assign(row, { value: ++outside })],
    [
      "what it has seen",
      (row, by) => {
        if (!seen.has(by)) row.value += by;
        seen.add(by);
      },
    ],
  ])("catches a projection that looks at %s", async (_, change) => {
    const { Totals, events } = counters(change);
    await expect(everyRedelivery(Totals, events)).rejects.toThrow(
      /^Row "one" of Totals follows from more than its events/,
    );
  });

  it("names the row, the field, both values, the prefix, the batches and the seed", async () => {
    let calls = 0;
    const { Totals, events } = counters((row, by) => {
      row.value += by;
      if (by === 3 && calls++ > 0) row.note = "again";
    });
    const error = await everyRedelivery(Totals, events, { seed: 7, runs: 1 }).catch((caught: unknown) => caught);
    expect((error as Error).message).toMatch(
      new RegExp(
        'Row "one" of Totals follows from more than its events\\. Two folds of the first 3 of 4 events, up to Counted, gave\n' +
          '  note: first "(again)?", then "again"\n' +
          "  first in (one batch of|batches of) .*\n  then in (one batch of|batches of) .*\n.*Repeat this with \\{ seed: 7 \\}$",
      ),
    );
    expect(error).toMatchObject({ actual: { note: "again" }, code: "ERR_ASSERTION" });
  });

  it("hands over the same batches for the same seed", async () => {
    const messageOf = async () => {
      let calls = 0;
      const { Totals, events } = counters((row) => Object.assign(row, { value: ++calls }));
      return await everyRedelivery(Totals, events, { seed: 3 }).catch(({ message }: Error) => message);
    };
    expect(await messageOf()).toBe(await messageOf());
  });

  it("leaves the clock as it was", async () => {
    const { Date: before } = globalThis;
    const { Totals, events } = counters((row) => Object.assign(row, { note: String(Date.now()) }));
    await everyRedelivery(Totals, events).catch(() => undefined);
    expect(globalThis.Date).toBe(before);
  });

  it("fails where a method does, and names it", async () => {
    const { Totals, events } = counters((_, by) => {
      if (by === 3) throw new RangeError("three is too much");
    });
    await expect(everyRedelivery(Totals, events)).rejects.toThrow(/Totals\.counted failed .*three is too much/);
  });

  it("refuses to pass where nothing was tried", async () => {
    const { Totals } = counters(() => undefined);
    const { opened } = dashboard();
    await expect(everyRedelivery(Totals, [])).rejects.toThrow(
      "everyRedelivery(Totals, …) takes an array of events, at least one",
    );
    await expect(everyRedelivery(Totals, [opened("acc-1")])).rejects.toThrow("is no registered event");
  });
});
