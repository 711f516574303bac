import { tmpdir } from "node:os";

import fc from "fast-check";
import { z } from "zod";

import { Aggregate, apply, Domain, DomainEvent, identifier } from "../../src/index";

/** A basket whose state keeps parts of its events and changes them later. */
function shop() {
  const domain = new Domain("shop", { root: tmpdir(), config: { snapshot_threshold: 0 } });
  const line = z.object({ sku: z.string(), cents: z.bigint(), due: z.date(), notes: z.array(z.string()) });

  @domain.event({ partOf: "Basket" })
  class Filled extends DomainEvent({ lines: z.array(line) }) {}
  @domain.event({ partOf: "Basket" })
  class Changed extends DomainEvent({ index: z.int(), note: z.string(), cents: z.bigint() }) {}
  @domain.event({ partOf: "Basket" })
  class Marked extends DomainEvent({ extra: z.any() }) {}

  @domain.aggregate({ eventSourced: true })
  class Basket extends Aggregate({
    lines: z.array(line).default([]),
    total: z.bigint().default(0n),
    extras: z.record(z.string(), z.any()).default({}),
  }) {
    @apply(Filled)
    onFilled({ lines }: Filled): void {
      this.lines = lines;
    }

    @apply(Changed)
    onChanged({ index, note, cents }: Changed): void {
      const changed = this.lines[index % Math.max(1, this.lines.length)];
      changed?.notes.push(note);
      changed?.due.setTime(changed.due.getTime() / 2);
      this.total += cents;
    }

    @apply(Marked)
    onMarked({ extra }: Marked): void {
      this.extras[`at-${this.version}`] = extra;
    }
  }
  return { domain, Basket, Filled, Changed, Marked };
}

describe("a replay", () => {
  it("gives the state that raising gave, for any history, parts of events in the state included", async () => {
    const { domain, Basket, Filled, Changed, Marked } = shop();
    await domain.init();
    const text = fc.string().filter((value) => value.isWellFormed() && !value.includes("\0"));
    const due = fc.date({ noInvalidDate: true });
    const plain = { noNullPrototype: true };
    const line = fc.record({ sku: text, cents: fc.bigInt(), due, notes: fc.array(text, { maxLength: 2 }) }, plain);
    const event = fc.oneof(
      fc.array(line, { maxLength: 3 }).map((lines) => () => new Filled({ lines })),
      fc.record({ index: fc.nat(5), note: text, cents: fc.bigInt() }, plain).map((values) => () => new Changed(values)),
      fc.oneof(due, fc.bigInt(), fc.array(due)).map((extra) => () => new Marked({ extra })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 12 }), async (history) => {
        const basket = Basket.createNew();
        for (const make of history) basket.raise(make());
        const live = structuredClone({ ...basket });
        await domain.repositoryFor(Basket).add(basket);
        const replayed = await domain.repositoryFor(Basket).get(basket.id);
        expect({ ...replayed }).toStrictEqual(live);
        expect(replayed.version).toBe(history.length - 1);
      }),
      { numRuns: 100 },
    );
    await domain.close();
  });

  it("refuses an event that an @apply method raises", async () => {
    const domain = new Domain("shop", { root: tmpdir() });
    let raises = false;
    @domain.event({ partOf: "Basket" })
    class Filled extends DomainEvent({ basketId: identifier() }) {}
    @domain.aggregate({ eventSourced: true })
    class Basket extends Aggregate({ count: z.number().default(0) }) {
      @apply(Filled)
      onFilled(event: Filled): void {
        this.count++;
        if (raises) this.raise(event);
      }
    }
    await domain.init();
    const basket = Basket.createNew();
    basket.raise(new Filled({ basketId: basket.id }));
    await domain.repositoryFor(Basket).add(basket);
    raises = true;
    await expect(domain.repositoryFor(Basket).get(basket.id)).rejects.toThrow(
      "Basket cannot raise Filled while it folds another event: an @apply method only assigns state",
    );
    await domain.close();
  });
});
