import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemoryEventStore } from "@tidemark/core/adapter";
import { countingIds, fixedClock, given } from "@tidemark/testing";

import { bank } from "./fixtures/bank";
import { customers } from "./fixtures/customers";

describe("a scenario", () => {
  it("leaves an initialised domain's store as it is, which goes on working beside it", async () => {
    const { domain, Account, AccountOpened, OpenAccount, MakeDeposit } = bank();
    await domain.init();
    const id = await domain.process<string>(new OpenAccount({ name: "Alice" }));
    const opened = new AccountOpened({ accountId: id, holder: { name: "Mallory" } });
    const [result] = await Promise.all([
      given(Account, opened).process(new MakeDeposit({ accountId: id, amount: 100 })),
      domain.process(new MakeDeposit({ accountId: id, amount: 1 })),
    ]);
    expect([result.aggregate.holderName, result.aggregate.balance]).toEqual(["Mallory", 100]);
    const stored = await domain.repositoryFor(Account).get(id);
    expect([stored.holderName, stored.balance, stored.version]).toEqual(["Alice", 1, 1]);
    await domain.close();
  });

  it("does not initialise a domain, read its file or open its store", async () => {
    const folder = mkdtempSync(join(tmpdir(), "given-"));
    writeFileSync(join(folder, "domain.toml"), '[event_store]\nprovider = "sqlite"\npath = "${UNSET_BY_ANYBODY}"\n');
    const { domain, Account, OpenAccount } = bank({ root: folder });
    const result = await given(Account).process(new OpenAccount({ name: "Alice" }));
    expect(result.accepted).toBe(true);
    expect(readdirSync(folder)).toEqual(["domain.toml"]);
    expect(() => domain.repositoryFor(Account)).toThrow('Domain "bank" is not running: await domain.init() first');
    rmSync(folder, { recursive: true });
  });

  it("does not touch a store that was handed to the domain", async () => {
    const eventStore = new MemoryEventStore();
    const { Account, OpenAccount } = bank({ eventStore });
    await given(Account).process(new OpenAccount({ name: "Alice" }));
    expect(eventStore.log.readAll({ after: 0, limit: 1 }).messages).toEqual([]);
  });

  it("joins no unit of work that it is awaited in", async () => {
    const { domain, Account, OpenAccount } = bank();
    await domain.init();
    await domain.unitOfWork(async () => {
      const result = await given(Account).process(new OpenAccount({ name: "Alice" }));
      expect(result.aggregate.version).toBe(0);
    });
    expect(await domain.repositoryFor(Account).count()).toBe(0);
    await domain.close();
  });

  it("is not seen by those that run at the same time", async () => {
    const { Account, AccountOpened, DepositMade, MakeDeposit } = bank();
    const opened = new AccountOpened({ accountId: "a-1", holder: { name: "Alice" } });
    const amounts = Array.from({ length: 50 }, (_, index) => index + 1);
    const results = await Promise.all(
      amounts.map((amount) => given(Account, opened).process(new MakeDeposit({ accountId: "a-1", amount }))),
    );
    expect(results.map(({ aggregate }) => aggregate.balance)).toEqual(amounts);
    expect(results.map(({ events }) => events)).toEqual(
      amounts.map((amount) => [new DepositMade({ accountId: "a-1", amount })]),
    );
  });

  it("runs with the domain's clock and ids, of which given events take none", async () => {
    const clock = fixedClock(new Date("2026-02-20T12:00:00Z"));
    const { Account, AccountOpened, OpenAccount, MakeDeposit } = bank({ clock, ids: countingIds("id-") });
    const opening = await given(Account).process(new OpenAccount({ name: "Alice" }));
    expect(opening.returned).toBe("id-2");
    const opened = new AccountOpened({ accountId: "a-1", holder: { name: "Bob" } });
    await given(Account, opened).process(new MakeDeposit({ accountId: "a-1", amount: 1 }));
    expect((await given(Account).process(new OpenAccount({ name: "Carol" }))).returned).toBe("id-7");
  });
});

describe("a scenario about an aggregate that is stored as its state", () => {
  const { Customer, CustomerMoved, CustomerRegistered, CustomerTagged, Account, Paid, ...more } = customers();
  const { MoveCustomer, ForgetCustomer, CityOfCustomer } = more;
  const moveTo = (city: string) => new MoveCustomer({ customerId: "ada", city });

  it("begins with the aggregate that is given, and changes it by commands", async () => {
    const result = await given(Customer, Customer.register("ada")).process(moveTo("Basel")).process(moveTo("Zug"));
    expect(result.aggregate).toMatchObject({
      email: "ada@example.org",
      city: "Zug",
      tags: ["Basel", "Zug"],
      version: 2,
    });
    expect(result.allEvents).toEqual(["Basel", "Zug"].map((city) => new CustomerMoved({ customerId: "ada", city })));
  });

  it("leaves what was given as it is, so that another one can begin with it", async () => {
    const ada = Customer.register("ada");
    const moved = await given(Customer, ada).process(moveTo("Basel"));
    const stayed = await given(Customer, ada);
    expect([moved.aggregate.city, stayed.aggregate.city, ada.city]).toEqual(["Basel", "Bern", "Bern"]);
    expect(ada.version).toBe(-1);
  });

  it("takes several of them, whose unique values are theirs", async () => {
    const twins = given(Customer, Customer.register("ada", "a@example.org"), Customer.register("eve", "a@example.org"));
    await expect(twins).rejects.toMatchObject({ code: "UNIQUE_VIOLATION" });
    const both = await given(Customer, Customer.register("ada"), Customer.register("eve")).process(moveTo("Basel"));
    expect(both.aggregate).toMatchObject({ id: "ada", city: "Basel" });
  });

  it("takes it beside the events of another aggregate", async () => {
    const result = await given(Account, new Paid({ accountId: "acc-1", amount: 5 }), Customer.register("ada")).process(
      moveTo("Basel"),
    );
    expect(result.events).toEqual([new CustomerMoved({ customerId: "ada", city: "Basel" })]);
    expect(result.aggregate).toMatchObject({ id: "acc-1", balance: 5 });
  });

  it("says that there is none after its deletion", async () => {
    const result = await given(Customer, Customer.register("ada")).process(new ForgetCustomer({ customerId: "ada" }));
    expect(result.accepted).toBe(true);
    expect(() => result.aggregate).toThrow('There is no Customer "ada": nothing has made it, or it was deleted');
  });

  it("folds given events with an @apply method into its state", async () => {
    const tagged = (tag: string) => new CustomerTagged({ customerId: "ada", tag });
    const begun = given(Customer, Customer.register("ada"), tagged("vip")).process(moveTo("Basel"));
    const result = await begun.after(tagged("late"));
    expect(result.aggregate).toMatchObject({ city: "Basel", tags: ["vip", "Basel", "late"], version: 3 });
    expect(result.allEvents).toEqual([new CustomerMoved({ customerId: "ada", city: "Basel" })]);
  });

  it("is made by a given event with an @apply method", async () => {
    const registered = new CustomerRegistered({ customerId: "ada", email: "a@example.org" });
    const result = await given(Customer, registered).process(moveTo("Basel"));
    expect(result.aggregate).toMatchObject({ id: "ada", email: "a@example.org", city: "Basel", version: 1 });
  });

  it("refuses events as its past that do not make it", async () => {
    const moved = new CustomerMoved({ customerId: "ada", city: "Basel" });
    await expect(given(Customer, moved).process(moveTo("Zug"))).rejects.toThrow(
      "Cannot take CustomerMoved as the past of Customer: Customer is stored as its state, which this event does not make; " +
        "give an aggregate, given(Customer, Customer.createNew({…}))",
    );
  });

  it("takes events for projections", async () => {
    const moved = new CustomerMoved({ customerId: "ada", city: "Basel" });
    expect({ ...(await given(Customer, moved).projected(CityOfCustomer)) }).toEqual({
      customerId: "ada",
      city: "Basel",
    });
  });

  it("refuses an aggregate whose events are the truth", async () => {
    await expect(given(Account, Account.createNew({ id: "acc-1" }))).rejects.toThrow(
      'Cannot take Account "acc-1" as given: the events of Account are the truth: give these, given(Account, new …({…}))',
    );
  });
});
