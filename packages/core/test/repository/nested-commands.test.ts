import { Command, handle, type RecordedEvent } from "../../src/index";
import { bank } from "../fixtures/bank";

/** A bank with a command whose handler processes others on the same account, and changes it before, between and after. */
async function bankWithNesting() {
  const elements = bank();
  const { domain, Account, MakeDeposit } = elements;
  const accounts = () => domain.repositoryFor(Account);

  @domain.command({ partOf: Account })
  class DepositThrice extends Command({}) {}

  @domain.commandHandler({ partOf: Account })
  class Handler {
    @handle(DepositThrice)
    async run(_command: DepositThrice): Promise<void> {
      const account = await accounts().get("1");
      account.deposit(1);
      await accounts().add(account);
      await domain.process(new MakeDeposit({ accountId: "1", amount: 2 }));
      await domain.process(new MakeDeposit({ accountId: "1", amount: 3 }));
      account.deposit(4);
      await accounts().add(account);
      account.deposit(5);
    }
  }
  expect(Handler).toBeDefined();
  await domain.init();
  await accounts().add(Account.open("N-1", "Alice", 0, "1"));
  return { ...elements, DepositThrice };
}

describe("events of commands inside one another", () => {
  it("share the correlation, and each has the id of the command that raised it, in one save of one aggregate", async () => {
    const { domain, DepositThrice } = await bankWithNesting();
    await domain.process(new DepositThrice(), { correlationId: "request-1" });
    const events: RecordedEvent[] = [];
    for await (const event of domain.eventStore.read("fidelis::account-1", { from: 1 })) events.push(event);
    expect(events.map(({ data }) => data.amount)).toEqual([1, 2, 3, 4, 5]);
    expect(events.map(({ metadata }) => metadata.correlationId)).toEqual(Array(5).fill("request-1"));
    const [outer, first, second, ...last] = events.map(({ metadata }) => metadata.causationId);
    expect(new Set([outer, first, second]).size).toBe(3);
    expect(last).toEqual([outer, outer]);
  });

  it("have the outer command's id as correlation where none is given", async () => {
    const { domain, DepositThrice } = await bankWithNesting();
    await domain.process(new DepositThrice());
    const event = await domain.eventStore.readLast("fidelis::account-1");
    expect(event?.metadata.correlationId).toBe(event?.metadata.causationId);
  });
});

describe("events raised outside of commands", () => {
  it("share a correlation within a unit of work and have no cause", async () => {
    const { domain, Account } = bank();
    await domain.init();
    await domain.unitOfWork(async () => {
      await domain.repositoryFor(Account).add(Account.open("N-1", "Alice", 0, "1"));
      await domain.repositoryFor(Account).add(Account.open("N-2", "Bob", 0, "2"));
    });
    const [one, other] = [
      await domain.eventStore.readLast("fidelis::account-1"),
      await domain.eventStore.readLast("fidelis::account-2"),
    ];
    expect(one?.metadata).toEqual({ correlationId: expect.any(String) });
    expect(other?.metadata).toEqual(one?.metadata);
  });
});
