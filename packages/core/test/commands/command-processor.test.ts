import { z } from "zod";

import { Command, Domain, handle, type RecordedEvent } from "../../src/index";
import { bank } from "../fixtures/bank";

async function openBank() {
  const elements = bank();
  return { ...elements };
}

async function eventsOf(domain: Domain): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const event of domain.eventStore.readAll()) events.push(event);
  return events;
}

describe("process", () => {
  it("gives what the handler returned", async () => {
    const { domain, OpenAccount, Account } = await openBank();
    await domain.init();
    const id = await domain.process<string>(
      new OpenAccount({ accountNumber: "N-1", holderName: "Alice", openingDeposit: 1 }),
    );
    expect(await domain.repositoryFor(Account).exists(id)).toBe(true);
  });

  it("waits for what a library returns in the place of a promise, before it checks the result", async () => {
    const { domain } = await openBank();
    @domain.command({ partOf: "Account" })
    class Ask extends Command({}, { returns: z.string() }) {}
    @domain.commandHandler({ partOf: "Account" })
    class AskHandler {
      @handle(Ask)
      ask(): Promise<string> {
        // biome-ignore lint/suspicious/noThenProperty: this is what is tested
        return { then: (resolve: (value: string) => void) => resolve("yes") } as never;
      }
    }
    await domain.init();
    expect(await domain.process(new Ask())).toBe("yes");
    expect(AskHandler).toBeDefined();
  });

  it("takes instances, and says so when it is given a class", async () => {
    const { domain, OpenAccount } = await openBank();
    await domain.init();
    await expect(domain.process(OpenAccount as never)).rejects.toThrow(
      /^Cannot process the class OpenAccount: give an instance, new OpenAccount\(\{…\}\)$/,
    );
    await expect(domain.process({} as never)).rejects.toThrow(
      /^Cannot process Object: it is not a registered command$/,
    );
  });

  it.each([
    ["", "an id has at least 1 character"],
    [7, "an id is a string, not number"],
  ])("refuses the correlation id %j, which no trace would find", async (correlationId, fault) => {
    const { domain, OpenAccount } = await openBank();
    await domain.init();
    const open = new OpenAccount({ accountNumber: "N-1", holderName: "Alice", openingDeposit: 1 });
    await expect(domain.process(open, { correlationId: correlationId as string })).rejects.toMatchObject({
      messages: { correlationId: [fault] },
    });
    expect(await eventsOf(domain)).toEqual([]);
  });

  it("passes on what the handler throws, and stores nothing", async () => {
    const { domain, OpenAccount, MakeDeposit } = await openBank();
    await domain.init();
    const id = await domain.process<string>(
      new OpenAccount({ accountNumber: "N-1", holderName: "Alice", openingDeposit: 1 }),
    );
    await expect(domain.process(new MakeDeposit({ accountId: id, amount: -5 }))).rejects.toMatchObject({
      messages: { amount: ["Deposit amount must be positive"] },
    });
    await expect(domain.process(new MakeDeposit({ accountId: "nobody", amount: 5 }))).rejects.toMatchObject({
      code: "OBJECT_NOT_FOUND",
    });
    expect((await eventsOf(domain)).map(({ type }) => type)).toEqual(["Fidelis.AccountOpened.v1"]);
  });

  it("stamps events with the command that caused them and what that belongs to", async () => {
    const { domain, OpenAccount, MakeDeposit } = await openBank();
    await domain.init();
    const id = await domain.process<string>(
      new OpenAccount({ accountNumber: "N-1", holderName: "Alice", openingDeposit: 1 }),
    );
    await domain.process(new MakeDeposit({ accountId: id, amount: 5 }), { correlationId: "request-7" });
    const [opened, deposited] = await eventsOf(domain);
    expect(opened?.metadata).toEqual({
      correlationId: expect.any(String),
      causationId: opened?.metadata.correlationId,
      commandType: "Fidelis.OpenAccount.v1",
    });
    expect(deposited?.metadata).toEqual({
      correlationId: "request-7",
      causationId: expect.any(String),
      commandType: "Fidelis.MakeDeposit.v1",
    });
    expect(deposited?.metadata.causationId).not.toBe(opened?.metadata.causationId);
  });

  it("lets a command processed inside a handler join its unit of work and its correlation", async () => {
    const { domain, Account, OpenAccount, MakeDeposit } = await openBank();

    @domain.command({ partOf: Account })
    class OpenAndFund extends Command({}) {}

    @domain.commandHandler({ partOf: Account })
    class FundingHandler {
      @handle(OpenAndFund)
      async run(_command: OpenAndFund): Promise<number> {
        const opening = { accountNumber: "N-1", holderName: "Alice", openingDeposit: 1 };
        const accountId = await domain.process<string>(new OpenAccount(opening));
        await domain.process(new MakeDeposit({ accountId, amount: 5 }));
        return (await eventsOf(domain)).length;
      }
    }
    expect(FundingHandler).toBeDefined();
    await domain.init();
    expect(await domain.process(new OpenAndFund())).toBe(0);
    const events = await eventsOf(domain);
    expect(events.map(({ type }) => type)).toEqual(["Fidelis.AccountOpened.v1", "Fidelis.DepositMade.v1"]);
    const [opened, deposited] = events.map(({ metadata }) => metadata);
    expect(deposited?.correlationId).toBe(opened?.correlationId);
    expect(deposited?.causationId).not.toBe(opened?.causationId);
    const outerCommands = [{ id: opened?.correlationId, type: "Fidelis.OpenAndFund.v1" }];
    expect(opened).toMatchObject({ commandType: "Fidelis.OpenAccount.v1", outerCommands });
    expect(deposited).toMatchObject({ commandType: "Fidelis.MakeDeposit.v1", outerCommands });
  });

  it("names all the commands around one, also those that raise no event themselves", async () => {
    const { domain, Account, OpenAccount } = await openBank();

    @domain.command({ partOf: Account })
    class Onboard extends Command({}) {}
    @domain.command({ partOf: Account })
    class Welcome extends Command({}) {}
    @domain.commandHandler({ partOf: Account })
    class Onboarding {
      @handle(Onboard)
      async onboard(_command: Onboard): Promise<void> {
        await domain.process(new Welcome());
      }
      @handle(Welcome)
      async welcome(_command: Welcome): Promise<void> {
        await domain.process(new OpenAccount({ accountNumber: "N-1", holderName: "Alice", openingDeposit: 1 }));
      }
    }
    expect(Onboarding).toBeDefined();
    await domain.init();
    await domain.process(new Onboard());
    const [opened] = await eventsOf(domain);
    expect(opened?.metadata.outerCommands).toEqual([
      { id: opened?.metadata.correlationId, type: "Fidelis.Onboard.v1" },
      { id: expect.any(String), type: "Fidelis.Welcome.v1" },
    ]);
  });

  it("refuses what is no command, one of another domain, and one without handler", async () => {
    const { domain, Account } = await openBank();

    @domain.command({ partOf: Account })
    class Forgotten extends Command({}) {}

    await domain.init();
    const other = bank();
    await expect(domain.process({} as never)).rejects.toThrow("Cannot process Object: it is not a registered command");
    await expect(domain.process(undefined as never)).rejects.toThrow(
      "Cannot process undefined: it is not a registered command",
    );
    await expect(domain.process(new other.MakeDeposit({ accountId: "1", amount: 1 }))).rejects.toMatchObject({
      code: "INCORRECT_USAGE",
    });
    await expect(domain.process(new Forgotten())).rejects.toThrow(
      "Cannot process Fidelis.Forgotten.v1: no command handler has a method for it",
    );
  });

  it("says to initialise the domain first", async () => {
    const { domain, MakeDeposit } = await openBank();
    await expect(domain.process(new MakeDeposit({ accountId: "1", amount: 1 }))).rejects.toThrow(
      'Domain "fidelis" is not running: await domain.init() first',
    );
  });
});

describe("an event type that the code does not know", () => {
  it("is an error that names it, its stream and its position", async () => {
    const { domain, Account, OpenAccount } = await openBank();
    await domain.init();
    const id = await domain.process<string>(
      new OpenAccount({ accountNumber: "N-1", holderName: "Alice", openingDeposit: 1 }),
    );
    const stream = domain.streamFor(Account, id);
    await domain.eventStore.append([
      { stream, expectedVersion: 0, events: [{ type: "Fidelis.Unheard.v1", data: {} }] },
    ]);
    await expect(domain.repositoryFor(Account).get(id)).rejects.toMatchObject({
      code: "UNKNOWN_EVENT",
      details: { type: "Fidelis.Unheard.v1", stream, position: 1, aggregate: "Account" },
    });
  });
});

describe("a payload above max_event_bytes", () => {
  it("is refused before anything is written", async () => {
    const { domain, Account } = bank({ config: { event_store: { max_event_bytes: 500 } } });
    await domain.init();
    const account = Account.open("N-1", "Alice", 1, "1");
    account.deposit(5, "x".repeat(600));
    await expect(domain.repositoryFor(Account).add(account)).rejects.toThrow(/bytes, max_event_bytes allows 500/);
    expect(await eventsOf(domain)).toEqual([]);
  });
});
