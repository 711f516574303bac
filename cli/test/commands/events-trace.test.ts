import { Aggregate, apply, Command, Domain, DomainEvent, handle, identifier } from "@tidemark/core";

import { Project } from "../project";

let project: Project;
beforeEach(async () => {
  project = new Project();
  const outerCommands = [{ id: "c-1", type: "Bank.OpenAndFund.v1" }];
  const time = new Date(0);
  await project.withStore((store) =>
    store.append([
      {
        stream: "bank::account-acc-1",
        events: [
          {
            id: "e-1",
            type: "Bank.AccountOpened.v1",
            data: { accountId: "acc-1" },
            metadata: { correlationId: "r-1", causationId: "c-2", commandType: "Bank.OpenAccount.v1", outerCommands },
            time,
          },
          {
            id: "e-2",
            type: "Bank.DepositMade.v1",
            data: { amount: 5 },
            metadata: { correlationId: "r-1", causationId: "c-3", commandType: "Bank.MakeDeposit.v1", outerCommands },
            time,
          },
          { type: "Bank.DepositMade.v1", data: { amount: 7 }, metadata: { correlationId: "r-2" }, time },
        ],
      },
    ]),
  );
});
afterEach(() => project[Symbol.dispose]());

const trace = (...args: string[]) => project.domain("events", "trace", ...args);

describe("domain events trace", () => {
  it("prints the commands and events of a request as a tree", async () => {
    expect(await trace("r-1")).toEqual({
      stdout: `\
└─ Bank.OpenAndFund.v1 (c-1)
   ├─ Bank.OpenAccount.v1 (c-2)
   │  └─ 1970-01-01T00:00:00.000Z  Bank.AccountOpened.v1  bank::account-acc-1 at 0  {"accountId":"acc-1"}
   └─ Bank.MakeDeposit.v1 (c-3)
      └─ 1970-01-01T00:00:00.000Z  Bank.DepositMade.v1  bank::account-acc-1 at 1  {"amount":5}
2 event(s) of 3 command(s).
`,
      stderr: "",
      status: 0,
    });
  });

  it("prints one JSON document", async () => {
    const { stdout } = await trace("r-1", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      correlationId: "r-1",
      commands: 3,
      events: 2,
      complete: true,
      tree: [
        {
          kind: "command",
          id: "c-1",
          type: "Bank.OpenAndFund.v1",
          children: [
            { kind: "command", id: "c-2", children: [{ kind: "event", id: "e-1", position: 0, children: [] }] },
            { kind: "command", id: "c-3", children: [{ kind: "event", id: "e-2", data: { amount: 5 } }] },
          ],
        },
      ],
    });
  });

  it("shows the event handlers at work on its events", async () => {
    const cause = { eventId: "e-3", type: "Bank.AccountOpened.v1", handler: "WelcomeBonus" };
    await project.withStore((store) =>
      store.append([
        {
          stream: "bank::account-acc-2",
          events: [
            { id: "e-3", type: "Bank.AccountOpened.v1", data: { accountId: "acc-2" }, time: new Date(0) },
            {
              id: "e-4",
              type: "Bank.DepositMade.v1",
              data: { amount: 9 },
              metadata: { correlationId: "e-3", causationId: "c-9", commandType: "Bank.MakeDeposit.v1", cause },
              time: new Date(1),
            },
          ],
        },
      ]),
    );
    expect(await trace("e-3")).toEqual({
      stdout: `\
└─ 1970-01-01T00:00:00.000Z  Bank.AccountOpened.v1  bank::account-acc-2 at 0  {"accountId":"acc-2"}
   └─ handler WelcomeBonus
      └─ Bank.MakeDeposit.v1 (c-9)
         └─ 1970-01-01T00:00:00.001Z  Bank.DepositMade.v1  bank::account-acc-2 at 1  {"amount":9}
2 event(s) of 1 command(s).
`,
      stderr: "",
      status: 0,
    });
    expect(JSON.parse((await trace("e-3", "--json")).stdout)).toMatchObject({
      correlationId: "e-3",
      commands: 1,
      events: 2,
      tree: [
        {
          kind: "event",
          id: "e-3",
          children: [
            {
              kind: "handler",
              name: "WelcomeBonus",
              event: { id: "e-3", type: "Bank.AccountOpened.v1" },
              children: [{ kind: "command", id: "c-9", children: [{ kind: "event", id: "e-4" }] }],
            },
          ],
        },
      ],
    });
  });

  it("reads no more events than --limit, and says that there are more", async () => {
    const { stdout, stderr } = await trace("r-1", "--limit=1", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ events: 1, complete: false });
    expect(stderr).toBe("The request has more events or commands than these: give a higher --limit.\n");
    expect((await trace("r-1", "--limit=2")).stderr).toBe("");
  });

  it("fails for a correlation that no event has", async () => {
    expect(await trace("r-3", "--json")).toEqual({
      stdout: "",
      stderr: 'error: Domain "bank" has no event and no command with correlation id "r-3"\n',
      status: 1,
    });
  });
});

/** A bank of wallets whose handlers process further commands, and one of them raises nothing. Ids are counted. */
function createWallets(root: string): {
  readonly domain: Domain;
  readonly process: (name: string, key?: string) => Promise<unknown>;
} {
  let ids = 0;
  const clock = { now: () => new Date(0) };
  const domain = new Domain("bank", { root, clock, ids: { next: () => `id-${++ids}` } });

  @domain.event({ partOf: "Wallet" })
  class WalletOpened extends DomainEvent({ walletId: identifier() }) {}

  @domain.aggregate({ eventSourced: true })
  class Wallet extends Aggregate({}) {
    static open(id: string): Wallet {
      const wallet = Wallet.createNew({ id });
      wallet.raise(new WalletOpened({ walletId: id }));
      return wallet;
    }

    @apply(WalletOpened)
    onOpened(): void {}
  }

  @domain.command({ partOf: Wallet })
  class OpenWallet extends Command({ walletId: identifier() }) {}

  @domain.command({ partOf: Wallet })
  class Touch extends Command({}) {}

  @domain.command({ partOf: Wallet })
  class Onboard extends Command({}) {}

  @domain.commandHandler({ partOf: Wallet })
  class _Handler {
    @handle(OpenWallet)
    async open({ walletId }: OpenWallet): Promise<void> {
      await domain.repositoryFor(Wallet).add(Wallet.open(walletId));
    }

    @handle(Touch)
    touch(): void {}

    @handle(Onboard)
    async onboard(): Promise<void> {
      await domain.process(new OpenWallet({ walletId: "inner" }), { idempotencyKey: "inner-open" });
      await domain.process(new Touch({}), { idempotencyKey: "inner-touch" });
    }
  }
  const commands = { open: new OpenWallet({ walletId: "outer" }), touch: new Touch({}), onboard: new Onboard({}) };
  return {
    domain,
    process: (name, key) =>
      domain.process(commands[name as keyof typeof commands], {
        correlationId: "r-9",
        ...(key !== undefined && { idempotencyKey: key }),
      }),
  };
}

describe("commands with an idempotency key", () => {
  async function processed(...commands: readonly (readonly [name: string, key?: string])[]): Promise<void> {
    const { domain, process } = createWallets(project.folder);
    project.exports = () => ({ domain: createWallets(project.folder).domain });
    await domain.init();
    for (const [name, key] of commands) await process(name, key);
    await domain.close();
  }

  /** Without the ids, which depend on how many ids a command takes. */
  const shape = (stdout: string) => stdout.replace(/ \(id-\d+\)/g, "");

  it("show when they raised nothing, and once when they raised events", async () => {
    await processed(["touch", "a"], ["open", "b"], ["touch", "c"]);
    const { stdout, stderr, status } = await trace("r-9");
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(shape(stdout)).toBe(`\
├─ Bank.Touch.v1
├─ Bank.OpenWallet.v1
│  └─ 1970-01-01T00:00:00.000Z  Bank.WalletOpened.v1  bank::wallet-outer at 0  {"walletId":"outer"}
└─ Bank.Touch.v1
1 event(s) of 3 command(s).
`);
  });

  it("show in the handlers that processed them", async () => {
    await processed(["onboard"], ["onboard", "again"]);
    const { stdout } = await trace("r-9");
    expect(shape(stdout)).toBe(`\
├─ Bank.Onboard.v1
│  ├─ Bank.OpenWallet.v1
│  │  └─ 1970-01-01T00:00:00.000Z  Bank.WalletOpened.v1  bank::wallet-inner at 0  {"walletId":"inner"}
│  └─ Bank.Touch.v1
└─ Bank.Onboard.v1
1 event(s) of 4 command(s).
`);
  });

  it("are nodes of the JSON document, and the only ones where no event was raised", async () => {
    await processed(["touch", "a"]);
    const { stdout } = await trace("r-9", "--json");
    expect(JSON.parse(stdout)).toEqual({
      correlationId: "r-9",
      commands: 1,
      events: 0,
      complete: true,
      tree: [{ kind: "command", id: expect.stringMatching(/^id-/), type: "Bank.Touch.v1", children: [] }],
    });
  });

  it("count for the limit", async () => {
    await processed(["touch", "a"], ["touch", "b"]);
    const { stdout, stderr } = await trace("r-9", "--limit=1", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ commands: 1, events: 0, complete: false });
    expect(stderr).toBe("The request has more events or commands than these: give a higher --limit.\n");
  });

  it("leave no trace without a key", async () => {
    await processed(["touch"]);
    expect(await trace("r-9")).toMatchObject({ stdout: "", status: 1 });
  });
});

it("cuts lines at the edge of the terminal", async () => {
  const { stdout } = await project.run(["events", "trace", "r-1"], { terminal: 40 });
  expect(stdout).toBe(`\
└─ Bank.OpenAndFund.v1 (c-1)
   ├─ Bank.OpenAccount.v1 (c-2)
   │  └─ 1970-01-01T00:00:00.000Z  Bank…
   └─ Bank.MakeDeposit.v1 (c-3)
      └─ 1970-01-01T00:00:00.000Z  Bank…
2 event(s) of 3 command(s).
`);
});
