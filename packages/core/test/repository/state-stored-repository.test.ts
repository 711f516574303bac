import { ExpectedVersionError, ObjectNotFoundError, UniqueViolationError, ValidationError } from "../../src/index";
import { openCustomers } from "../fixtures/customers";

async function withAnn() {
  const elements = await openCustomers();
  await elements.customers.add(elements.Customer.join("ann", "ann@example.org"));
  return elements;
}

async function listed(ids: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const id of ids) found.push(id);
  return found;
}

const typesOf = async ({ domain }: Pick<Awaited<ReturnType<typeof openCustomers>>, "domain">) => {
  const found: string[] = [];
  for await (const { type, stream, position } of domain.eventStore.readAll()) found.push(`${stream} ${position} ${type}`);
  return found;
};

describe("add and get", () => {
  it("store the state and give it back, with values of every kind", async () => {
    const { customers, Customer, Address } = await openCustomers();
    const customer = Customer.join("ann", "ann@example.org");
    customer.joined = new Date("2026-02-20T12:00:00Z");
    customer.credit = 12.5;
    customer.tags.push("early");
    customer.addresses.add(new Address({ id: "home", street: "Main Street" }));
    await customers.add(customer);
    const loaded = await customers.get("ann");
    expect(loaded).not.toBe(customer);
    expect(loaded).toBeInstanceOf(Customer);
    expect({ ...loaded }).toEqual({ ...customer });
    expect(loaded.addresses.get("home").street).toBe("Main Street");
    expect([loaded.id, loaded.version, customer.version, loaded.city]).toEqual(["ann", 0, 0, undefined]);
  });

  it("count the saves in the version, of which events may be none or several", async () => {
    const { customers } = await withAnn();
    await customers.update("ann", (ann) => {
      ann.move("Rome");
      ann.move("Oslo");
    });
    const ann = await customers.update("ann", (one) => {
      one.credit = 5;
    });
    expect([ann.version, (await customers.get("ann")).version]).toEqual([2, 2]);
  });

  it("store events together with the state, whatever version that has", async () => {
    const elements = await withAnn();
    await elements.customers.update("ann", (ann) => ann.move("Rome"));
    await elements.customers.update("ann", (ann) => ann.move("Oslo"));
    expect(await typesOf(elements)).toEqual([
      "shop::customer-ann 0 Shop.CustomerMoved.v1",
      "shop::customer-ann 1 Shop.CustomerMoved.v1",
    ]);
    expect((await elements.customers.get("ann")).city).toBe("Oslo");
  });
});
