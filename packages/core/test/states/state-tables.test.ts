import { tmpdir } from "node:os";

import { type LoadRequest, MemoryEventStore } from "../../src/adapter";
import { Aggregate, Domain } from "../../src/index";

describe("a store that keeps events alone", () => {
  it("is refused for aggregates with rows, naming each of them", async () => {
    const store = new MemoryEventStore();
    const { log, snapshots, abilities } = store;
    const eventStore = {
      ...{ log, snapshots, abilities, description: "memory" },
      open: () => undefined,
      close: () => undefined,
      load: (request: LoadRequest) => store.load(request),
      verify: () => store.verify(),
    };
    const domain = new Domain("shop", { root: tmpdir(), eventStore });
    @domain.aggregate({ stored: "state" })
    class Customer extends Aggregate({}) {}
    @domain.aggregate({ stored: "both", truth: "events" })
    class Wallet extends Aggregate({}) {}
    @domain.aggregate({ stored: "events" })
    class Account extends Aggregate({}) {}
    expect([Customer, Wallet, Account]).toHaveLength(3);
    const refused = domain.init();
    await expect(refused).rejects.toThrow('Customer is stored as "state", and the store (memory) keeps events alone');
    await expect(refused).rejects.toThrow('Wallet is stored as "both", and the store (memory) keeps events alone');
    await expect(refused).rejects.not.toThrow("Account");
  });
});
