import { z } from "zod";

import { Aggregate, apply, Domain, DomainEvent, MemoryEventStore } from "../../src/index";

async function shop() {
  const domain = new Domain("shop", { root: "/", eventStore: new MemoryEventStore() });

  @domain.event({ partOf: "Till", deprecated: "raise Filled" })
  class Stocked extends DomainEvent({}) {}

  @domain.event({ partOf: "Till", deprecated: true })
  class Counted extends DomainEvent({}) {}

  @domain.event({ partOf: "Till", deprecated: false })
  class Filled extends DomainEvent({}) {}

  @domain.aggregate({ eventSourced: true })
  class Till extends Aggregate({ count: z.number().default(0) }) {
    @apply(Stocked)
    @apply(Counted)
    @apply(Filled)
    onAny(): void {
      this.count++;
    }
  }
  await domain.init();
  return { domain, Till, Stocked, Counted, Filled };
}

describe("a deprecated event", () => {
  it("is not raised any more", async () => {
    const { domain, Till, Stocked, Counted, Filled } = await shop();
    const till = Till.createNew({ id: "1" });
    expect(() => till.raise(new Stocked())).toThrow("Till cannot raise Stocked: it is deprecated: raise Filled");
    expect(() => till.raise(new Counted())).toThrow("Till cannot raise Counted: it is deprecated");
    till.raise(new Filled());
    await domain.repositoryFor(Till).add(till);
    expect((await domain.repositoryFor(Till).get("1")).count).toBe(1);
  });

  it("is folded where it is stored", async () => {
    const { domain, Till } = await shop();
    const events = ["Stocked", "Counted", "Filled"].map((name) => ({ type: `Shop.${name}.v1`, data: {} }));
    await domain.eventStore.append([{ stream: "shop::till-1", events }]);
    expect((await domain.repositoryFor(Till).get("1")).count).toBe(3);
  });
});
