import { DomainEvent, event, IncorrectUsageError, MemoryEventStore, ValidationError } from "../../src/index";
import { bank } from "../fixtures/bank";
import { openCustomers } from "../fixtures/customers";

async function openBank() {
  const eventStore = new MemoryEventStore();
  const opened = bank({ eventStore });
  const { domain, Account } = opened;
  await domain.init();
  const accounts = domain.repositoryFor(Account);
  await accounts.add(Account.open("ACC-1", "Alice", 10, "1"));
  return { ...opened, accounts, eventStore };
}

function stored(eventStore: MemoryEventStore): number {
  return eventStore.log.readAll({ after: 0, limit: 100 }).messages.length;
}

describe("a unit of work", () => {
  it("fails, and stores nothing, when an aggregate that it loaded has raised events and was not added", async () => {
    const { domain, Account, accounts, eventStore } = await openBank();
    await expect(
      domain.unitOfWork(async () => {
        await accounts.add(Account.open("ACC-2", "Bob", 10, "2"));
        const account = await accounts.get("1");
        account.deposit(5);
        account.withdraw(1);
      }),
    ).rejects.toMatchObject({
      name: "IncorrectUsageError",
      message:
        'Nothing was stored: Account "1" has raised DepositMade, WithdrawalMade and was not added; call add() of its repository',
    });
    expect(stored(eventStore)).toBe(1);
    await domain.close();
  });

  it("fails when an aggregate that was made in it has raised events and was not added", async () => {
    const { domain, Account, eventStore } = await openBank();
    const forgetful = domain.unitOfWork(async () => {
      await Promise.resolve();
      return Account.open("ACC-2", "Bob", 10, "2").id;
    });
    await expect(forgetful).rejects.toThrow('Account "2" has raised AccountOpened and was not added');
    expect(stored(eventStore)).toBe(1);
    await domain.close();
  });

  it("stores what is raised after add() as well", async () => {
    const { domain, Account, accounts } = await openBank();
    await domain.unitOfWork(async () => {
      const account = Account.open("ACC-2", "Bob", 10, "2");
      await accounts.add(account);
      account.deposit(5);
    });
    expect((await accounts.get("2")).balance).toBe(15);
    await domain.close();
  });

  it("may leave aside what has raised nothing, and what has refused a change", async () => {
    const { domain, Account, accounts, eventStore } = await openBank();
    await domain.unitOfWork(async () => {
      await accounts.get("1");
      Account.createNew({ id: "3" });
      const refusing = await accounts.get("1");
      expect(() => refusing.withdraw(1_000)).toThrow(ValidationError);
      await accounts.add(Account.open("ACC-2", "Bob", 10, "2"));
    });
    expect(stored(eventStore)).toBe(2);
    await domain.close();
  });

  it("does not answer for aggregates that are made outside of it", async () => {
    const { domain, Account, accounts } = await openBank();
    const outside = Account.open("ACC-2", "Bob", 10, "2");
    await domain.unitOfWork(async () => void (await accounts.get("1")));
    expect(outside.version).toBe(0);
    await domain.close();
  });

  it("leaves aggregates to the innermost unit that they were made in, of whatever domain", async () => {
    const [first, second] = [await openBank(), await openBank()];
    await first.domain.unitOfWork(async () => {
      const inner = second.domain.unitOfWork(async () => void second.Account.open("ACC-2", "Bob", 10, "2"));
      await expect(inner).rejects.toThrow(IncorrectUsageError);
    });
    expect([stored(first.eventStore), stored(second.eventStore)]).toEqual([1, 1]);
    await Promise.all([first.domain.close(), second.domain.close()]);
  });
});

describe("a unit of work with aggregates that are stored as their state", () => {
  async function openShop() {
    const eventStore = new MemoryEventStore();
    const shop = await openCustomers({ eventStore });
    await shop.customers.add(shop.Customer.join("c-1", "ann@example.com"));
    return { ...shop, eventStore };
  }

  const NOT_ADDED = "and was not added; call add() of its repository";

  it("fails, and stores nothing, when a field was assigned and the aggregate was not added", async () => {
    const { domain, Customer, customers } = await openShop();
    await expect(
      domain.unitOfWork(async () => {
        await customers.add(Customer.join("c-2", "bob@example.com"));
        (await customers.get("c-1")).name = "Ann";
      }),
    ).rejects.toMatchObject({
      name: "IncorrectUsageError",
      message: `Nothing was stored: Customer "c-1" was changed ${NOT_ADDED}`,
    });
    expect(await customers.find("c-2")).toBeUndefined();
    expect((await customers.get("c-1")).name).toBe("C-1");
    await domain.close();
  });

  it("fails when a nested value was changed, or an entity, and names the field", async () => {
    const { domain, customers } = await openShop();
    const tag = domain.unitOfWork(async () => (await customers.get("c-1")).tags.push("vip"));
    await expect(tag).rejects.toThrow(`Nothing was stored: Customer "c-1" was changed in tags ${NOT_ADDED}`);
    const move = domain.unitOfWork(async () => (await customers.get("c-1")).addresses.add({ street: "Main St" }));
    await expect(move).rejects.toThrow(`Nothing was stored: Customer "c-1" was changed in addresses ${NOT_ADDED}`);
    await domain.close();
  });

  it("fails when one that was made in it was assigned, or has raised an event, and was not added", async () => {
    const { domain, Customer } = await openShop();
    const made = domain.unitOfWork(() => Customer.join("c-2", "bob@example.com").id);
    await expect(made).rejects.toThrow(`Nothing was stored: Customer "c-2" was changed ${NOT_ADDED}`);
    const left = domain.unitOfWork(() => Customer.createNew({ id: "c-3" }).leave());
    await expect(left).rejects.toThrow(`Nothing was stored: Customer "c-3" has raised CustomerLeft ${NOT_ADDED}`);
    await domain.close();
  });

  it("stores what is assigned after add() as well, and checks it", async () => {
    const { domain, customers } = await openShop();
    const change = (credit: number) =>
      domain.unitOfWork(async () => {
        const customer = await customers.get("c-1");
        customer.name = "Ann";
        await customers.add(customer);
        customer.credit = credit;
      });
    await change(5);
    await expect(change(-1)).rejects.toMatchObject({ messages: { credit: ["must not be negative"] } });
    expect((await customers.get("c-1")).credit).toBe(5);
    await domain.close();
  });

  it("may leave aside what was only read, what is deleted, and what add() has refused", async () => {
    const { domain, Customer, customers } = await openShop();
    await customers.add(Customer.join("c-2", "bob@example.com"));
    await domain.unitOfWork(async () => {
      expect((await customers.get("c-1")).tags).toEqual([]);
      const leaving = await customers.get("c-2");
      leaving.name = "Bob";
      await customers.delete(leaving);
      const broke = Customer.join("c-3", "cid@example.com");
      broke.credit = -1;
      await expect(customers.add(broke)).rejects.toThrow(ValidationError);
    });
    expect(await customers.exists("c-2")).toBe(false);
    expect(await customers.exists("c-3")).toBe(false);
    await domain.close();
  });

  it("lets a refused aggregate be mended and added again", async () => {
    const { domain, customers } = await openShop();
    await domain.unitOfWork(async () => {
      const customer = await customers.get("c-1");
      customer.credit = -1;
      await expect(customers.add(customer)).rejects.toThrow(ValidationError);
      customer.credit = 1;
      await customers.add(customer);
    });
    expect((await customers.get("c-1")).credit).toBe(1);
    await domain.close();
  });

  it("fails when a mended aggregate is not added again", async () => {
    const { domain, customers } = await openShop();
    const mend = domain.unitOfWork(async () => {
      const customer = await customers.get("c-1");
      customer.credit = -1;
      await expect(customers.add(customer)).rejects.toThrow(ValidationError);
      customer.credit = 1;
    });
    await expect(mend).rejects.toThrow(`Nothing was stored: Customer "c-1" was changed ${NOT_ADDED}`);
    expect((await customers.get("c-1")).credit).toBe(0);
    await domain.close();
  });

  it("refuses to save an event that the domain does not know", async () => {
    const { domain, Customer, customers } = await openShop();
    class Unregistered extends DomainEvent({}) {}
    event({ partOf: Customer })(Unregistered);
    const raised = customers.update("c-1", (customer) => customer.raise(new Unregistered()));
    await expect(raised).rejects.toThrow(
      'Cannot save Customer "c-1": it has raised Unregistered, which is not registered; call domain.register(Unregistered)',
    );
    expect((await customers.get("c-1")).version).toBe(0);
    await domain.close();
  });
});
