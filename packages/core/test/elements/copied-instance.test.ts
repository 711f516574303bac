import { tmpdir } from "node:os";

import { z } from "zod";

import { Aggregate, apply, Domain, DomainEvent, Entity, hasMany, MemoryEventStore } from "../../src/index";

class Line extends Entity({ text: z.string() }) {}

async function openShop() {
  const domain = new Domain("shop", { root: tmpdir(), eventStore: new MemoryEventStore() });
  @domain.event({ partOf: "Till" })
  class Paid extends DomainEvent({ amount: z.number() }) {}
  @domain.aggregate({ eventSourced: true })
  class Till extends Aggregate({ sum: z.number().default(0), lines: hasMany(Line) }) {
    @apply(Paid)
    onPaid({ amount }: Paid): void {
      this.sum += amount;
    }
  }
  await domain.init();
  const till = Till.createNew({ id: "1" });
  till.raise(new Paid({ amount: 5 }));
  return { domain, till, Till, Paid };
}

/** Objects that look like an aggregate, as libraries for mocks and for reactive state make them. */
const COPIES: readonly (readonly [string, string, <T extends object>(genuine: T) => T])[] = [
  ["a Proxy", "a Proxy", (genuine) => new Proxy(genuine, {})],
  ["a Proxy of a Proxy", "a Proxy", (genuine) => new Proxy(new Proxy(genuine, {}), {})],
  ["a child by Object.create()", "a copy, such as one by Object.create()", (genuine) => Object.create(genuine)],
  [
    "a copy with the prototype",
    "a copy, such as one by Object.create()",
    (genuine) => Object.assign(Object.create(Object.getPrototypeOf(genuine) as object), genuine),
  ],
];

describe.each(COPIES)("%s of an aggregate", (_name, found, copyOf) => {
  const message = `Cannot use this Till: it is ${found}, not an instance made by createNew() or a repository; use the instance itself`;

  it("is refused wherever it is used, and nothing is stored", async () => {
    const { domain, till, Till, Paid } = await openShop();
    const copy = copyOf(till);
    const refusal = expect.objectContaining({ code: "INCORRECT_USAGE", message });
    expect(() => copy.id).toThrow(refusal);
    expect(() => copy.version).toThrow(refusal);
    expect(() => copy.isTemporal).toThrow(refusal);
    expect(() => copy.raise(new Paid({ amount: 1 }))).toThrow(refusal);
    expect(() => JSON.stringify(copy)).toThrow(refusal);
    await expect(domain.repositoryFor(Till).add(copy)).rejects.toThrow(refusal);
    await expect(domain.unitOfWork(() => domain.repositoryFor(Till).add(copy))).rejects.toThrow(refusal);
    await expect(domain.createSnapshot(copy)).rejects.toThrow(refusal);
    expect(await domain.repositoryFor(Till).count()).toBe(0);
    expect([till.sum, till.version]).toEqual([5, 0]);
  });
});

it("a Proxy of a collection of entities is refused where the collection needs its class", async () => {
  const { till } = await openShop();
  const lines = new Proxy(till.lines, {});
  const message =
    "Cannot use this EntityCollection: it is a Proxy, not an instance made by an aggregate that was made or loaded; use the instance itself";
  expect(() => lines.add({ text: "a" })).toThrow(message);
  expect(() => lines.get("1")).toThrow(message);
});
