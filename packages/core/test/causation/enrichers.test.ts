import { Command, type Domain, handle, type RecordedEvent } from "../../src/index";
import { bank } from "../fixtures/bank";

async function eventsOf(domain: Domain): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const event of domain.eventStore.readAll()) events.push(event);
  return events;
}

const extensionsOf = async (domain: Domain) => (await eventsOf(domain)).map(({ metadata }) => metadata.extensions);

const opening = { accountNumber: "N-1", holderName: "Alice", openingDeposit: 1 };

describe("domain.enrichEvents", () => {
  it("adds to the metadata of each event, one after the other, the later one winning", async () => {
    const { domain, Account, DepositMade } = bank();
    domain
      .enrichEvents(() => ({ userId: "u-1", tenant: { name: "north" } }))
      .enrichEvents((event, { extensions }) =>
        event instanceof DepositMade ? { userId: `${extensions.userId}!`, amount: event.amount } : undefined,
      );
    await domain.init();
    const account = Account.open("N-1", "Alice", 1, "1");
    account.deposit(5);
    await domain.repositoryFor(Account).add(account);
    const [opened, deposited] = await eventsOf(domain);
    expect(opened?.metadata).toEqual({
      correlationId: expect.any(String),
      extensions: { userId: "u-1", tenant: { name: "north" } },
    });
    expect(deposited?.metadata.extensions).toEqual({ userId: "u-1!", tenant: { name: "north" }, amount: 5 });
    expect(deposited?.metadata.correlationId).toBe(opened?.metadata.correlationId);
  });

  it("tells the enricher what is about to be stored, and why", async () => {
    const { domain, Account, OpenAccount } = bank();
    const seen: unknown[] = [];
    domain.enrichEvents((event, context) => void seen.push([event.constructor.name, context]) as undefined);
    await domain.init();
    const id = await domain.process<string>(new OpenAccount(opening), { correlationId: "request-1" });
    await domain.repositoryFor(Account).update(id, (account) => account.deposit(5));
    const about = { aggregate: "Account", aggregateId: id, extensions: {} };
    const [correlationId, causationId] = ["request-1", expect.any(String)];
    expect(seen).toEqual([
      ["AccountOpened", { ...about, type: "Fidelis.AccountOpened.v1", version: 0, correlationId, causationId }],
      ["DepositMade", { ...about, type: "Fidelis.DepositMade.v1", version: 1, correlationId: expect.any(String) }],
    ]);
    expect(await extensionsOf(domain)).toEqual([undefined, undefined]);
  });

  it("fails the save when an enricher throws, and nothing is stored", async () => {
    const { domain, OpenAccount } = bank();
    const reason = new Error("who is it?");
    domain.enrichEvents(() => {
      throw reason;
    });
    await domain.init();
    await expect(domain.process(new OpenAccount(opening))).rejects.toBe(reason);
    expect(await eventsOf(domain)).toEqual([]);
  });

  it.each([
    [
      "a promise",
      () => Promise.reject(new Error("late")),
      "returned a promise for Fidelis.AccountOpened.v1, not an object",
    ],
    ["null", () => null, "returned null for Fidelis.AccountOpened.v1, not an object"],
    ["a text", () => "u-1", 'returned "u-1" for Fidelis.AccountOpened.v1, not an object'],
    ["an array", () => ["u-1"], "returned an array for Fidelis.AccountOpened.v1, not an object"],
    ["a date", () => ({ at: new Date() }), "at: an instance of Date cannot be stored; store its plain values"],
    ["a function", () => ({ at: () => 1 }), "at: a value of type function cannot be stored"],
    ["too much", () => ({ text: "x".repeat(600) }), "the metadata of Fidelis.AccountOpened.v1 is not valid: it takes"],
  ])("refuses %s, and nothing is stored", async (_, enricher, message) => {
    const { domain, OpenAccount } = bank({ config: { event_store: { max_event_bytes: 500 } } });
    domain.enrichEvents(enricher as never);
    await domain.init();
    await expect(domain.process(new OpenAccount(opening))).rejects.toThrow(message);
    expect(await eventsOf(domain)).toEqual([]);
  });

  it("takes functions that wait for nothing, before init()", async () => {
    const { domain } = bank();
    expect(() => domain.enrichEvents((async () => ({})) as never)).toThrow(
      "domain.enrichEvents takes a function that returns at once, found an async function",
    );
    expect(() => domain.enrichCommands({} as never)).toThrow(
      "domain.enrichCommands takes a function that returns at once, found object",
    );
    await domain.init();
    expect(() => domain.enrichEvents(() => ({}))).toThrow("register everything before domain.init()");
    expect(() => domain.enrichCommands(() => ({}))).toThrow("register everything before domain.init()");
  });
});

describe("domain.enrichCommands", () => {
  it("adds to the metadata of all events of a command, below what enrichers of events add", async () => {
    const { domain, OpenAccount } = bank();
    const seen: unknown[] = [];
    domain.enrichCommands((command, context) => {
      seen.push([command, context]);
      return { userId: "u-1", zero: -0 };
    });
    domain.enrichEvents((_, { extensions }) => ({ userId: `${extensions.userId} (event)` }));
    await domain.init();
    const command = new OpenAccount(opening);
    await domain.process(command, { correlationId: "request-1" });
    const [opened] = await eventsOf(domain);
    expect(opened?.metadata.extensions).toEqual({ userId: "u-1 (event)", zero: -0 });
    const commandId = opened?.metadata.causationId;
    expect(seen).toEqual([
      [command, { type: "Fidelis.OpenAccount.v1", commandId, correlationId: "request-1", extensions: {} }],
    ]);
  });

  it("reaches the events of commands inside, which add their own", async () => {
    const { domain, Account, OpenAccount, MakeDeposit } = bank();

    @domain.command({ partOf: Account })
    class OpenAndFund extends Command({}) {}

    @domain.commandHandler({ partOf: Account })
    class FundingHandler {
      @handle(OpenAndFund)
      async run(_command: OpenAndFund): Promise<void> {
        const accountId = await domain.process<string>(new OpenAccount(opening));
        await domain.process(new MakeDeposit({ accountId, amount: 5 }));
      }
    }
    expect(FundingHandler).toBeDefined();
    domain.enrichCommands((command) => (command instanceof OpenAndFund ? { channel: "api" } : undefined));
    domain.enrichCommands((command) => (command instanceof MakeDeposit ? { step: "fund" } : undefined));
    await domain.init();
    await domain.process(new OpenAndFund());
    await domain.process(new OpenAccount(opening));
    expect(await extensionsOf(domain)).toEqual([{ channel: "api" }, { channel: "api", step: "fund" }, undefined]);
  });

  it("fails the command when an enricher throws, before its handler runs", async () => {
    const { domain, OpenAccount } = bank();
    domain.enrichCommands(() => {
      throw new Error("who is it?");
    });
    await domain.init();
    await expect(domain.process(new OpenAccount(opening))).rejects.toThrow("who is it?");
    expect(await eventsOf(domain)).toEqual([]);
  });
});
