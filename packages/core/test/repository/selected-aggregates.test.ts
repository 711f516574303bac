import { IncorrectUsageError, ObjectNotFoundError } from "../../src/index";
import { openCustomers } from "../fixtures/customers";

const CUSTOMERS = [
  ["ann", "Oslo", 5],
  ["bob", undefined, 50],
  ["cid", "Rome", 7],
  ["dan", "Oslo", 0],
] as const;

async function withCustomers() {
  const elements = await openCustomers();
  const { customers, Customer } = elements;
  for (const [id, city, credit] of CUSTOMERS) {
    const customer = Customer.join(id, `${id}@example.org`);
    customer.city = city;
    customer.credit = credit;
    await customers.add(customer);
  }
  return elements;
}

const ids = (customers: readonly { readonly id: string }[]) => customers.map(({ id }) => id);

describe("the aggregates that a repository selects", () => {
  it("are those for whose state all conditions hold", async () => {
    const { customers } = await withCustomers();
    expect(ids(await customers.where("city", "=", "Oslo").all())).toEqual(["ann", "dan"]);
    expect(ids(await customers.where("city", "=", "Oslo").where("credit", ">", 0).all())).toEqual(["ann"]);
    expect(ids(await customers.where("city", "=", null).all())).toEqual(["bob"]);
    expect(ids(await customers.where("id", "in", ["cid", "bob", "eva"]).all())).toEqual(["bob", "cid"]);
    expect(ids(await customers.where("email", "startsWith", "d").all())).toEqual(["dan"]);
    expect(ids(await customers.where("addresses", "=", null).all())).toEqual([]);
  });

  it("come in the order that is asked for, and in that of their ids", async () => {
    const { customers } = await withCustomers();
    expect(ids(await customers.all())).toEqual(["ann", "bob", "cid", "dan"]);
    expect(ids(await customers.orderBy("credit", "desc").all())).toEqual(["bob", "cid", "ann", "dan"]);
    expect(ids(await customers.orderBy("city").orderBy("id", "desc").all())).toEqual(["bob", "dan", "ann", "cid"]);
    expect(ids(await customers.limit(2).all())).toEqual(["ann", "bob"]);
    expect((await customers.first())?.id).toBe("ann");
    expect((await customers.orderBy("credit").first())?.id).toBe("dan");
    expect(await customers.where("credit", ">", 99).first()).toBeUndefined();
    expect(await customers.limit(0).first()).toBeUndefined();
  });

  it("are counted, read in pages and streamed as the rows of a view", async () => {
    const { customers } = await withCustomers();
    expect(await customers.where("city", "=", "Oslo").count()).toBe(2);
    const first = await customers.page({ size: 3 });
    expect(ids(first.rows)).toEqual(["ann", "bob", "cid"]);
    const last = await customers.page({ size: 3, after: first.next });
    expect([ids(last.rows), last.next]).toEqual([["dan"], undefined]);
    const streamed: string[] = [];
    for await (const { id } of customers.stream()) streamed.push(id);
    expect(streamed).toEqual(["ann", "bob", "cid", "dan"]);
  });

  it("are found by their ids, within the conditions", async () => {
    const { customers } = await withCustomers();
    const inOslo = customers.where("city", "=", "Oslo");
    expect(await inOslo.find("ann")).toMatchObject({ id: "ann", credit: 5 });
    expect(await inOslo.find("cid")).toBeUndefined();
    await expect(inOslo.get("cid")).rejects.toBeInstanceOf(ObjectNotFoundError);
    expect(inOslo.fields.slice(0, 3)).toEqual(["id", "email", "name"]);
  });

  it("are aggregates as a load gives them, to be changed and saved", async () => {
    const { customers, Customer } = await withCustomers();
    const [cid] = await customers.where("city", "=", "Rome").all();
    expect(cid).toBeInstanceOf(Customer);
    expect({ ...cid }).toEqual({ ...(await customers.get("cid")) });
    expect([cid!.version, cid!.isTemporal, Object.isFrozen(cid)]).toEqual([0, false, false]);
    cid!.move("Bergen");
    cid!.tags.push("moved");
    await customers.add(cid!);
    expect(await customers.get("cid")).toMatchObject({ city: "Bergen", tags: ["moved"], version: 1 });
  });

  it("are refused at their save where another was faster", async () => {
    const { customers } = await withCustomers();
    const [cid] = await customers.where("city", "=", "Rome").all();
    await customers.update("cid", (other) => other.move("Bergen"));
    cid!.credit = 1;
    await expect(customers.add(cid!)).rejects.toMatchObject({ code: "EXPECTED_VERSION_MISMATCH" });
  });

  it("are other instances each time outside of a unit of work", async () => {
    const { customers } = await withCustomers();
    expect(await customers.first()).not.toBe(await customers.first());
  });
});

describe("the aggregates that a repository selects in a unit of work", () => {
  it("are the instances that the unit has loaded, with their present changes, chosen by what is stored", async () => {
    const { domain, customers } = await withCustomers();
    await domain.unitOfWork(async () => {
      const ann = await customers.get("ann");
      ann.move("Rome");
      await customers.add(ann);
      const inOslo = await customers.where("city", "=", "Oslo").all();
      expect(inOslo[0]).toBe(ann);
      expect(inOslo.map(({ id, city }) => [id, city])).toEqual([
        ["ann", "Rome"],
        ["dan", "Oslo"],
      ]);
      expect(ids(await customers.where("city", "=", "Rome").all())).toEqual(["cid"]);
    });
    expect(ids(await customers.where("city", "=", "Rome").all())).toEqual(["ann", "cid"]);
  });

  it("are the instances that its later loads and selections give", async () => {
    const { domain, customers } = await withCustomers();
    await domain.unitOfWork(async () => {
      const [ann, dan] = await customers.where("city", "=", "Oslo").all();
      expect(await customers.get("ann")).toBe(ann);
      expect((await customers.page({ size: 1 })).rows[0]).toBe(ann);
      expect(await customers.orderBy("id", "desc").first()).toBe(dan);
      for await (const each of customers.where("id", "=", "dan").stream()) expect(each).toBe(dan);
    });
  });

  it("are stored together, or none of them", async () => {
    const { domain, customers } = await withCustomers();
    const raise = (by: number) =>
      domain.unitOfWork(async () => {
        for (const each of await customers.all()) {
          each.credit += by;
          await customers.add(each);
        }
      });
    await expect(raise(-6)).rejects.toMatchObject({ code: "VALIDATION_FAILED" });
    expect((await customers.all()).map(({ credit }) => credit)).toEqual([5, 50, 7, 0]);
    await raise(1);
    expect((await customers.all()).map(({ credit }) => credit)).toEqual([6, 51, 8, 1]);
  });

  it("may not be changed and forgotten", async () => {
    const { domain, customers } = await withCustomers();
    const forgetful = domain.unitOfWork(async () => {
      (await customers.where("city", "=", "Rome").first())!.credit = 1;
    });
    await expect(forgetful).rejects.toThrow('Customer "cid" was changed and was not added');
    expect((await customers.get("cid")).credit).toBe(7);
  });

  it("leave out those that the unit deletes, and those that it has made", async () => {
    const { domain, customers, Customer } = await withCustomers();
    await domain.unitOfWork(async () => {
      await customers.delete("ann");
      await customers.add(Customer.join("abe", "abe@example.org"));
      expect(ids(await customers.all())).toEqual(["bob", "cid", "dan"]);
      expect((await customers.first())?.id).toBe("bob");
      expect(ids((await customers.page({ size: 2 })).rows)).toEqual(["bob"]);
      expect(await customers.orderBy("name").find("ann")).toBeUndefined();
    });
    expect(ids(await customers.all())).toEqual(["abe", "bob", "cid", "dan"]);
  });
});

describe("a selection of aggregates is refused", () => {
  it.each([
    [(all: any) => all.where("nme", "=", "x"), 'Customer has no field "nme"; did you mean "name"?'],
    [(all: any) => all.where("version", ">", 1), 'Customer has no field "version"'],
    [(all: any) => all.where("tags.0", "=", "x"), '"tags" is stored as JSON, and no rows are selected by parts of it'],
    [(all: any) => all.where("credit", "~", 1), '"~" is not an operator'],
    [(all: any) => all.where("credit", "=", "1"), 'where "credit" =: expected a finite number, found "1"'],
    [(all: any) => all.where("tags", "=", ["x"]), "its values are stored as JSON"],
    [(all: any) => all.orderBy("tags"), "Cannot order Customer by"],
    [(all: any) => all.limit(0.5), "Cannot limit Customer: expected a whole number from 0, found 0.5"],
  ])("for what cannot be asked: %p", async (ask, message) => {
    const { customers } = await openCustomers();
    expect(() => ask(customers)).toThrow(IncorrectUsageError);
    expect(() => ask(customers)).toThrow(message);
    expect(() => ask(customers.limit(5))).toThrow(message);
  });

  it("for the place of a page of another one", async () => {
    const { customers } = await withCustomers();
    const { next } = await customers.page({ size: 1 });
    await expect(customers.orderBy("name").page({ size: 1, after: next })).rejects.toMatchObject({ statusCode: 422 });
    await expect(customers.page({ size: 1, after: "nonsense" })).rejects.toThrow('it is not the "next" of a page');
    await expect(customers.page(undefined as never)).rejects.toThrow(
      "Cannot read a page of Customer: expected a whole number from 1, found undefined",
    );
    await expect(customers.limit(5).page({ size: 1 })).rejects.toThrow(
      "Cannot read a page of Customer: it has a limit",
    );
  });

  it("for aggregates that are stored as events alone, with the way out", async () => {
    const { domain, Account } = await openCustomers();
    const accounts = domain.repositoryFor(Account);
    const refusal = {
      code: "INCORRECT_USAGE",
      details: { aggregate: "Account" },
      message:
        "Cannot select the aggregates of Account: they are stored as their events, and have no fields in the store; declare a projection, " +
        "@domain.projection({ of: Account }) class AccountRow extends ProjectionOf(Account) {}, and read domain.viewOf(AccountRow), " +
        'or declare Account with stored: "both", truth: "events"',
    };
    expect(() => accounts.where("balance", ">", 1)).toThrow(expect.objectContaining(refusal));
    expect(() => accounts.orderBy("balance")).toThrow(expect.objectContaining(refusal));
    expect(() => accounts.limit(1)).toThrow(expect.objectContaining(refusal));
    await expect(accounts.all()).rejects.toMatchObject(refusal);
    await expect(accounts.first()).rejects.toMatchObject(refusal);
    await expect(accounts.page({ size: 1 })).rejects.toMatchObject(refusal);
    await expect(accounts.stream().next()).rejects.toMatchObject(refusal);
  });
});
