import { openTill } from "../commands/till";
import { customers } from "../fixtures/customers";

describe("domain.events", () => {
  it("is the map of the registered events, before and after init()", async () => {
    const { domain } = await openTill();
    const names = [...domain.events.keys()];
    expect(names.length).toBeGreaterThan(0);
    expect(domain.events.size).toBe(names.length);
    expect([...domain.events]).toEqual(names.map((name) => [name, domain.events.get(name)]));
    expect([...domain.events.values()].map(({ name }) => name)).toEqual(names);
    expect(domain.events.has("nothing")).toBe(false);
    await domain.close();
  });

  it("reads nothing of a domain that is closed", async () => {
    const { domain } = await openTill();
    const feed = domain.events({ follow: true });
    await domain.close();
    expect(() => domain.events()).toThrow('Domain "shop" is closed: await domain.init() opens it again');
    await expect(feed.next()).resolves.toEqual({ done: true, value: undefined });
  });

  it("reads events that no @apply method takes, of an aggregate that is stored as its state", async () => {
    const { domain, Customer, CustomerMoved } = customers();
    await domain.init();
    const customer = Customer.join("c-1", "ada@example.org");
    customer.move("Bern");
    await domain.repositoryFor(Customer).add(customer);
    const events: object[] = [];
    for await (const { event } of domain.events({ of: [Customer] })) events.push(event);
    expect(events).toEqual([new CustomerMoved({ customerId: "c-1", city: "Bern" })]);
    await domain.close();
  });
});
