import { z } from "zod";
import {
  anyEvent,
  Domain,
  type DomainOptions,
  type EventContext,
  handle,
  identifier,
  on,
  Projection,
  type RecordedEvent,
} from "../../src/index";
import { bank } from "../fixtures/bank";

const quiet = { warn: () => undefined, error: () => undefined };

/** A bank without a server of its own, and with retries that do not wait. */
function idleBank(options: DomainOptions = {}) {
  return bank({
    logger: quiet,
    config: { server: { embedded: false }, subscriptions: { retry: { attempts: 2 } } },
    ...(options as object),
  });
}

async function stored(domain: Domain): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const event of domain.eventStore.readAll()) events.push(event);
  return events;
}

const alice = { accountNumber: "N-1", holderName: "Alice", openingDeposit: 10 };

describe("an event handler", () => {
  it("is called for its events in order, with the facts about each", async () => {
    const elements = idleBank();
    const { domain, AccountOpened, DepositMade, OpenAccount, MakeDeposit } = elements;
    const calls: unknown[] = [];
    @domain.eventHandler({ startFrom: "beginning" })
    class Journal {
      @handle(AccountOpened)
      opened({ holderName }: InstanceType<typeof AccountOpened>, context: EventContext): void {
        calls.push([holderName, context.type, context.position, context.globalPosition, context.attempt]);
      }
      @handle(DepositMade)
      async deposited({ amount }: InstanceType<typeof DepositMade>, context: EventContext): Promise<void> {
        calls.push([amount, context.type, context.position, context.globalPosition, context.attempt]);
      }
    }
    void Journal;
    await domain.init();
    const accountId = await domain.process(new OpenAccount(alice));
    await domain.process(new MakeDeposit({ accountId, amount: 5 }));
    await domain.catchUp();
    await domain.catchUp();
    expect(calls).toEqual([
      ["Alice", "Fidelis.AccountOpened.v1", 0, 1, 1],
      [5, "Fidelis.DepositMade.v1", 1, 2, 1],
    ]);
    await domain.close();
  });

  it("runs by itself on the memory store", async () => {
    const { domain, AccountOpened, OpenAccount } = bank();
    let called: (holder: string) => void = () => undefined;
    const holder = new Promise<string>((resolve) => (called = resolve));
    domain.on(AccountOpened, { name: "greeter" }, ({ holderName }) => called(holderName));
    await domain.init();
    await domain.process(new OpenAccount(alice));
    await expect(holder).resolves.toBe("Alice");
    await domain.close();
  });

  it("gets every event for anyEvent, and arrays where it asks for batches", async () => {
    const { domain, DepositMade, OpenAccount, MakeDeposit } = idleBank();
    const types: string[] = [];
    const batches: number[][] = [];
    domain.on(anyEvent, { name: "all", startFrom: "beginning" }, (_event, { type }) => void types.push(type));
    domain.on(DepositMade, { name: "batch", startFrom: "beginning", batch: true }, (events) => {
      batches.push(events.map(({ amount }) => amount));
    });
    await domain.init();
    const accountId = await domain.process(new OpenAccount(alice));
    for (const amount of [1, 2, 3]) await domain.process(new MakeDeposit({ accountId, amount }));
    await domain.catchUp();
    expect(types).toEqual(["Fidelis.AccountOpened.v1", ...Array(3).fill("Fidelis.DepositMade.v1")]);
    expect(batches).toEqual([[1, 2, 3]]);
    await domain.close();
  });

  it("processes a command once for an event, however often it is repeated, and notes the event as its cause", async () => {
    const { domain, AccountOpened, OpenAccount, MakeDeposit } = idleBank();
    const attempts: number[] = [];
    domain.enrichCommands(() => ({ tenant: "t-1" }));
    domain.on(AccountOpened, { name: "bonus", startFrom: "beginning" }, async ({ accountId }, context) => {
      attempts.push(context.attempt);
      await context.process(new MakeDeposit({ accountId, amount: 1 }));
      await context.process(new MakeDeposit({ accountId, amount: 2 }));
      if (context.attempt < 3) throw new Error("the mail is down");
    });
    await domain.init();
    await domain.process(new OpenAccount(alice), { correlationId: "r-1" });
    await domain.catchUp();
    expect(attempts).toEqual([1, 2, 3]);
    const [opened, ...others] = await stored(domain);
    const deposits = others.filter(({ stream }) => !stream.includes(":command"));
    expect(deposits.map(({ data }) => (data as { amount: number }).amount)).toEqual([1, 2]);
    for (const { metadata } of deposits)
      expect(metadata).toMatchObject({
        correlationId: "r-1",
        cause: { eventId: opened?.id, type: "Fidelis.AccountOpened.v1", handler: "bonus" },
        commandType: "Fidelis.MakeDeposit.v1",
        extensions: { tenant: "t-1" },
      });
    await domain.close();
  });

  it("gives the event as the cause of what it adds without a command", async () => {
    const { domain, Account, AccountOpened, OpenAccount } = idleBank();
    domain.on(AccountOpened, { name: "bonus", startFrom: "beginning" }, async ({ accountId }) => {
      await domain.repositoryFor(Account).update(accountId, (account) => account.deposit(1));
    });
    await domain.init();
    await domain.process(new OpenAccount(alice), { correlationId: "r-1" });
    await domain.catchUp();
    const [opened, deposit] = await stored(domain);
    expect(deposit?.metadata).toEqual({
      correlationId: "r-1",
      cause: { eventId: opened?.id, type: "Fidelis.AccountOpened.v1", handler: "bonus" },
    });
    await domain.close();
  });

  it("is given up when its time is over, which counts as a failure", async () => {
    const { domain, AccountOpened, OpenAccount } = idleBank();
    const reasons: unknown[] = [];
    const options = { name: "slow", startFrom: "beginning", timeout: "1s" } as const;
    domain.on(AccountOpened, options, async (_event, { signal, attempt }) => {
      if (attempt > 1) return;
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      reasons.push((signal.reason as Error).message);
      await new Promise(() => undefined);
    });
    await domain.init();
    await domain.process(new OpenAccount(alice));
    await domain.catchUp();
    expect(reasons).toEqual(["slow took more than 1000 ms"]);
    expect(await domain.subscriptions()).toMatchObject([{ name: "slow", position: 1, lag: 0 }]);
    await domain.close();
  });

  it("cannot delete rows", async () => {
    const { domain, AccountOpened, OpenAccount } = idleBank();
    domain.on(AccountOpened, { name: "deleter", startFrom: "beginning" }, (_event, context) => context.delete());
    await domain.init();
    await domain.process(new OpenAccount(alice));
    const { parked } = await domain.catchUp();
    expect(parked).toMatchObject([
      {
        subscription: "deleter",
        error: { message: expect.stringMatching(/^Event handler deleter has no row to delete/) },
      },
    ]);
    await domain.close();
  });
});

describe("domain.catchUp()", () => {
  it("runs what handlers cause, too", async () => {
    const { domain, AccountOpened, DepositMade, OpenAccount, MakeDeposit } = idleBank();
    const seen: number[] = [];
    domain.on(AccountOpened, { name: "bonus", startFrom: "beginning" }, async ({ accountId }, context) => {
      await context.process(new MakeDeposit({ accountId, amount: 1 }));
    });
    domain.on(DepositMade, { name: "watcher", startFrom: "beginning" }, ({ amount }) => void seen.push(amount));
    await domain.init();
    await domain.process(new OpenAccount(alice));
    await domain.catchUp();
    expect(seen).toEqual([1]);
    await domain.close();
  });

  it("names the subscription, the event and the position where one has stopped, and tries again at the next call", async () => {
    const { domain, AccountOpened, OpenAccount } = idleBank();
    const cause = new Error("the mail is down");
    let isDown = true;
    domain.on(AccountOpened, { name: "mail", startFrom: "beginning", onFailure: "halt" }, () => {
      if (isDown) throw cause;
    });
    await domain.init();
    await domain.process(new OpenAccount(alice));
    await expect(domain.catchUp()).rejects.toMatchObject({
      code: "SUBSCRIPTION_STOPPED",
      details: { subscription: "mail", type: "Fidelis.AccountOpened.v1", globalPosition: 1, attempts: 3 },
      cause,
    });
    expect(await domain.subscriptions()).toMatchObject([{ name: "mail", state: "stopped", position: 0, lag: 1 }]);
    isDown = false;
    await domain.catchUp();
    expect(await domain.subscriptions()).toMatchObject([{ name: "mail", state: "idle", position: 1, lag: 0 }]);
    await domain.close();
  });

  it("gives up where a handler causes the events that it handles", async () => {
    const { domain, DepositMade, OpenAccount, MakeDeposit } = idleBank();
    domain.on(DepositMade, { name: "echo", startFrom: "beginning" }, async ({ accountId }, context) => {
      await context.process(new MakeDeposit({ accountId, amount: 1 }));
    });
    await domain.init();
    const accountId = await domain.process(new OpenAccount(alice));
    await domain.process(new MakeDeposit({ accountId, amount: 1 }));
    await expect(domain.catchUp()).rejects.toThrow(
      "Cannot catch up: event handler echo reacts to what event handlers have caused, 1001 times one after the other",
    );
    await domain.close();
  });

  it("is refused in a unit of work, and in an event handler", async () => {
    const { domain, AccountOpened, OpenAccount } = idleBank();
    let refusal: unknown;
    domain.on(AccountOpened, { name: "eager", startFrom: "beginning" }, async () => {
      refusal = await domain.catchUp().catch((error: unknown) => error);
    });
    await domain.init();
    await expect(domain.unitOfWork(() => domain.catchUp())).rejects.toThrow("Cannot catch up in a unit of work");
    await domain.process(new OpenAccount(alice));
    await domain.catchUp();
    expect(refusal).toMatchObject({ code: "INCORRECT_USAGE", message: expect.stringContaining("in an event handler") });
    await domain.close();
  });
});

describe("domain.serve()", () => {
  it("runs the lanes that it is given, until it is closed", async () => {
    const { domain, AccountOpened, OpenAccount } = idleBank();
    const calls: string[] = [];
    let sent: () => void = () => undefined;
    const mailIsSent = new Promise<void>((resolve) => (sent = resolve));
    domain.on(AccountOpened, { name: "mail", lane: "mail", startFrom: "beginning" }, () => {
      calls.push("mail");
      sent();
    });
    domain.on(AccountOpened, { name: "other", startFrom: "beginning" }, () => void calls.push("other"));
    await domain.init();
    const server = await domain.serve({ lanes: ["mail"] });
    await domain.process(new OpenAccount(alice));
    const states = async () => (await domain.subscriptions()).map(({ name, state }) => [name, state]);
    expect(await states()).toEqual([
      ["mail", "running"],
      ["other", "idle"],
    ]);
    await mailIsSent;
    await server.close();
    expect(calls).toEqual(["mail"]);
    expect(await states()).toEqual([
      ["mail", "idle"],
      ["other", "idle"],
    ]);
    await domain.close();
  });

  it("refuses a lane that nothing is in", async () => {
    const { domain, AccountOpened } = idleBank();
    domain.on(AccountOpened, { name: "mail", lane: "mail", startFrom: "beginning" }, () => undefined);
    await domain.init();
    await expect(domain.serve({ lanes: ["mial"] })).rejects.toThrow(
      'Cannot serve lane "mial": no subscription is in it; did you mean "mail"?',
    );
    await domain.close();
  });

  it("does not run what an operator has paused", async () => {
    const elements = bank({ config: { server: { embedded: false }, subscriptions: { mail: { paused: true } } } });
    const { domain, AccountOpened, OpenAccount } = elements;
    const calls: string[] = [];
    domain.on(AccountOpened, { name: "mail", startFrom: "beginning" }, () => void calls.push("mail"));
    await domain.init();
    await domain.process(new OpenAccount(alice));
    await domain.catchUp();
    expect(calls).toEqual([]);
    expect(await domain.subscriptions()).toMatchObject([{ name: "mail", state: "paused", lag: 1 }]);
    await domain.close();
  });
});

describe("waitFor", () => {
  function withSummary(options: DomainOptions = {}) {
    const elements = idleBank(options);
    const { domain, AccountOpened, DepositMade } = elements;
    @domain.projection({ version: 1 })
    class Summary extends Projection({ accountId: identifier(), balance: z.number().default(0) }) {
      @on(AccountOpened, { creates: true })
      opened(event: InstanceType<typeof AccountOpened>): void {
        this.balance = event.openingDeposit;
      }
      @on(DepositMade)
      deposited(event: InstanceType<typeof DepositMade>): void {
        if (event.amount === 13) throw new Error("13 is no amount");
        this.balance += event.amount;
      }
    }
    return { ...elements, Summary };
  }

  it("returns when the projection has applied the events of the command, and no later", async () => {
    const { domain, Summary, OpenAccount, MakeDeposit } = withSummary();
    await domain.init();
    await using _server = await domain.serve();
    const accountId = await domain.process(new OpenAccount(alice), { waitFor: [Summary] });
    expect((await domain.viewOf(Summary).get(accountId)).balance).toBe(10);
    const deposits = Array.from({ length: 20 }, () =>
      domain.process(new MakeDeposit({ accountId, amount: 1 }), { waitFor: [Summary] }),
    );
    await Promise.all(deposits);
    expect((await domain.viewOf(Summary).get(accountId)).balance).toBe(30);
    expect(domain.position()).toBe("21");
    await domain.close();
  });

  it("tells that the command was committed where its row is set aside, at once", async () => {
    const { domain, Summary, OpenAccount, MakeDeposit } = withSummary();
    await domain.init();
    await using _server = await domain.serve();
    const accountId = await domain.process(new OpenAccount(alice), { waitFor: [Summary] });
    const wait = domain.process(new MakeDeposit({ accountId, amount: 13 }), {
      waitFor: [Summary],
      waitTimeoutMs: 60_000,
    });
    await expect(wait).rejects.toMatchObject({
      code: "WAIT_FAILED",
      statusCode: 504,
      reason: "parked",
      position: "2",
      message: expect.stringMatching(
        /^MakeDeposit was committed: do not repeat it\. Summary .* is set aside, because .* 13 is no amount/,
      ),
    });
    expect((await stored(domain)).length).toBe(2);
    await domain.close();
  });

  it("carries the result where no server runs the projection", async () => {
    const { domain, Summary, OpenAccount } = withSummary();
    await domain.init();
    const wait = domain.process(new OpenAccount(alice), { waitFor: [Summary], waitTimeoutMs: 60_000 });
    await expect(wait).rejects.toMatchObject({ reason: "not running", result: expect.any(String), position: "1" });
    await domain.close();
  });

  it.each([
    [{ waitFor: "Summary" }, '"waitFor" takes an array of classes'],
    [{ waitFor: [], waitTimeoutMs: Number.NaN }, '"waitTimeoutMs" takes a number of milliseconds'],
    [{ waitFor: [], waitTimeoutMs: -1 }, '"waitTimeoutMs" takes a number of milliseconds'],
    [{ waitFor: [], waitTimeoutMs: "5s" }, '"waitTimeoutMs" takes a number of milliseconds'],
  ])("is refused with %j before the command is processed", async (options, message) => {
    const { domain, OpenAccount } = idleBank();
    await domain.init();
    await expect(domain.process(new OpenAccount(alice), options as never)).rejects.toThrow(message);
    expect(await stored(domain)).toEqual([]);
    await domain.close();
  });

  it("is refused in a handler for itself, before the command is processed, and for a class that is no subscription", async () => {
    const { domain, Account, AccountOpened, OpenAccount, MakeDeposit } = idleBank();
    let refusal: unknown;
    @domain.eventHandler({ startFrom: "beginning" })
    class Bonus {
      @handle(AccountOpened)
      async opened({ accountId }: InstanceType<typeof AccountOpened>): Promise<void> {
        const deposit = new MakeDeposit({ accountId, amount: 1 });
        refusal = await domain.process(deposit, { waitFor: [Bonus] }).catch((error: unknown) => error);
      }
    }
    void Bonus;
    await domain.init();
    await domain.process(new OpenAccount(alice));
    await domain.catchUp();
    expect(refusal).toMatchObject({
      code: "INCORRECT_USAGE",
      message: expect.stringContaining("Bonus cannot wait for itself"),
    });
    expect((await stored(domain)).length).toBe(1);
    await expect(domain.process(new OpenAccount(alice), { waitFor: [Account as never] })).rejects.toThrow(
      'Cannot wait for Account: it is not a registered projection, event handler or process manager of domain "fidelis"',
    );
    await domain.close();
  });
});
