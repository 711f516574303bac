import { IncorrectUsageError, MemoryEventStore, ValidationError } from "../../src/index";
import { bank } from "../fixtures/bank";

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
