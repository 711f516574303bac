import type { Domain } from "../../src/index";
import { COMPILERS, type Flavour, fixture, run } from "../fixtures/transpile";

interface Ledger {
  readonly domain: Domain;
  readonly Account: any;
  readonly Open: any;
  readonly Move: any;
}

interface Club {
  readonly domain: Domain;
  readonly Member: any;
  readonly Guest: any;
}

const BARE = `
  import { Aggregate, apply, Command, Domain, DomainEvent, handle } from "@tidemark/core";
  import { z } from "zod";
  export const domain = new Domain("ledger", { config: { event_store: { provider: "memory" } } });
  @domain.event({ partOf: "Account" })
  export class Opened extends DomainEvent({ owner: z.string() }) {}
  @domain.aggregate({ eventSourced: true, name: "Account" })
  export class Account extends Aggregate({ owner: z.string() }) {
    @apply
    onOpened(event: Opened) { this.owner = event.owner; }
  }
  @domain.command({ partOf: Account })
  export class Open extends Command({ owner: z.string() }) {}
  @domain.commandHandler({ partOf: Account })
  export class Handler {
    @handle
    async open(command: Open) {
      const account = Account.createNew();
      account.raise(new Opened({ owner: command.owner }));
      await domain.repositoryFor(Account).add(account);
      return account.id;
    }
  }`;

const FAULTY = `
  import { Aggregate, apply, Domain, DomainEvent, invariant } from "@tidemark/core";
  import { z } from "zod";
  export const domain = new Domain("ledger", { config: { event_store: { provider: "memory" } } });
  @domain.event({ partOf: "Account" })
  export class Opened extends DomainEvent({}) {}
  @domain.aggregate({ eventSourced: true, name: "Account" })
  export class Account extends Aggregate({ owner: z.string() }) {
    @apply(Opened)
    static onOpened(event: Opened) {}
    PRIVATE
  }`;

const VERSIONS = `
  import { Aggregate, apply, Domain, DomainEvent, upcaster } from "@tidemark/core";
  import { z } from "zod";
  export const domain = new Domain("ledger", { config: { event_store: { provider: "memory" } } });
  @domain.event({ partOf: "Account", name: "Opened", version: 3, formerly: ["Created"] })
  class Opened extends DomainEvent({ holder: z.string(), vip: z.boolean() }) {}
  @domain.upcaster({ event: "Opened", from: 1, to: 2 })
  class OwnersAreHolders {
    upcast({ owner }: Record<string, unknown>) { return { holder: owner }; }
  }
  @upcaster({ event: Opened, from: 2, to: 3 })
  class NobodyIsImportant {
    upcast(data: Record<string, unknown>) { return { ...data, vip: false }; }
  }
  domain.register(NobodyIsImportant);
  @domain.aggregate({ eventSourced: true, name: "Account", skipEvents: ["Audited"] })
  export class Account extends Aggregate({ holder: z.string().optional(), vip: z.boolean().optional() }) {
    @apply(Opened)
    onOpened({ holder, vip }: Opened) { Object.assign(this, { holder, vip }); }
  }`;

const PARENTHESES = (decorator: string) => `
  import { aggregate, command, commandHandler, Domain, event, snapshotMigration, upcaster } from "@tidemark/core";
  const domain = new Domain("ledger", { config: { event_store: { provider: "memory" } } });
  @${decorator}
  export class Opened {}`;

const both = (["tsc", "swc", "esbuild"] as const).flatMap((compiler) =>
  (["standard", "legacy"] as const).map((flavour) => [compiler, flavour] as [keyof typeof COMPILERS, Flavour]),
);

async function faults(domain: Domain): Promise<readonly string[]> {
  const error: unknown = await domain.init().catch((reason: unknown) => reason);
  return (error as { faults?: readonly string[] }).faults ?? [String(error)];
}

describe.each(both)("compiled by %s with %s decorators", (compiler, flavour) => {
  it("a domain carries out commands, replays, and uses snapshots", async () => {
    const { domain, Account, Open, Move } = run<Ledger>(fixture("ledger.source.ts"), COMPILERS[compiler], flavour);
    await domain.init();
    const id = await domain.process<string>(new Open({ owner: "Alice" }));
    await domain.process(new Move({ accountId: id, amounts: [100, -30] }));
    await domain.process(new Move({ accountId: id, amounts: [5] }));
    await expect(domain.process(new Move({ accountId: id, amounts: [1, -500] }))).rejects.toMatchObject({
      messages: { balance: ["is negative"] },
    });

    const account = await domain.repositoryFor(Account).get(id);
    expect(account).toBeInstanceOf(Account);
    expect({ ...account, version: account.version }).toEqual({
      owner: "Alice",
      balance: 75,
      movedAt: new Date(5),
      history: ["+100", "-30", "+5"],
      version: 3,
    });
    const types: string[] = [];
    for await (const { type } of domain.eventStore.read(`ledger::account-${id}`)) types.push(type);
    expect(types).toEqual([
      "Ledger.Opened.v1",
      "Ledger.MoneyPaidIn.v1",
      "Ledger.Withdrawn.v1",
      "Ledger.MoneyPaidIn.v1",
    ]);
    expect(await domain.snapshotsFor(Account).exists(id)).toBe(true);
    await domain.close();
  });

  it("a domain stores aggregates as their state, whose methods assign fields", async () => {
    const { domain, Member, Guest } = run<Club>(fixture("members.source.ts"), COMPILERS[compiler], flavour);
    // Made before the domain is initialised.
    const member = Member.join("m-1", "ann@example.com");
    const guest = Guest.createNew({ id: "g-1" });
    guest.visit();
    await domain.init();
    const members = domain.repositoryFor(Member);
    await members.add(member);
    await domain.repositoryFor(Guest).add(guest);
    await members.update("m-1", (loaded: any) => {
      loaded.move("Oslo");
      loaded.reward(5);
    });
    const negative = (loaded: any) => {
      loaded.points = -1;
    };
    await expect(members.update("m-1", negative)).rejects.toMatchObject({ messages: { points: ["are negative"] } });

    expect({ ...((await members.get("m-1")) as object) }).toEqual({
      email: "ann@example.com",
      city: "Oslo",
      points: 5,
      tags: ["moved to Oslo"],
    });
    expect({ ...((await domain.repositoryFor(Guest).get("g-1")) as object) }).toEqual({ visits: 1 });
    const types: string[] = [];
    for await (const { type } of domain.eventStore.readAll()) types.push(type);
    expect(types).toEqual(["Club.Greeted.v1", "Club.Moved.v1", "Club.Rewarded.v1"]);
    await domain.close();
  });

  it("a domain reads events of earlier versions", async () => {
    const { domain, Account } = run<Ledger>(VERSIONS, COMPILERS[compiler], flavour);
    await domain.init();
    const events = [
      { type: "Ledger.Created.v1", data: { owner: "Alice" } },
      { type: "Ledger.Audited.v1", data: {} },
    ];
    await domain.eventStore.append([{ stream: "ledger::account-1", events }]);
    expect({ ...(await domain.repositoryFor(Account).get("1")) }).toEqual({ holder: "Alice", vip: false });
    await domain.close();
  });

  it("a decorated static method is a fault", async () => {
    const { domain } = run<Ledger>(FAULTY.replace("PRIVATE", ""), COMPILERS[compiler], flavour);
    expect(await faults(domain)).toEqual([
      "@apply on Account.onOpened stands on a static method; it belongs on a method of the instance",
    ]);
  });

  it.each([
    ["domain.aggregate", "{ eventSourced: true }"],
    ["domain.event", '{ partOf: "Account" }'],
    ["domain.command", '{ partOf: "Account" }'],
    ["domain.commandHandler", '{ partOf: "Account" }'],
    ["domain.snapshotMigration", '{ aggregate: "Account", from: 1, to: 2 }'],
    ["domain.upcaster", '{ event: "DepositMade", from: 1, to: 2 }'],
    ["aggregate", "{ eventSourced: true }"],
    ["event", '{ partOf: "Account" }'],
    ["command", '{ partOf: "Account" }'],
    ["commandHandler", '{ partOf: "Account" }'],
    ["snapshotMigration", '{ aggregate: "Account", from: 1, to: 2 }'],
    ["upcaster", '{ event: "DepositMade", from: 1, to: 2 }'],
  ])("@%s without parentheses says to write them", (decorator, options) => {
    expect(() => run(PARENTHESES(decorator), COMPILERS[compiler], flavour)).toThrow(
      `@${decorator} above class Opened needs its options in parentheses, such as @${decorator}(${options})`,
    );
    if (decorator.endsWith("aggregate")) return;
    expect(() => run(PARENTHESES(`${decorator}()`), COMPILERS[compiler], flavour)).toThrow(
      `@${decorator} needs its options in parentheses, such as @${decorator}(${options})`,
    );
  });
});

describe("bare @apply and @handle", () => {
  it.each(["tsc", "swc"] as const)("take the class that %s emits with legacy decorators", async (compiler) => {
    const { domain, Account, Open } = run<Ledger>(BARE, COMPILERS[compiler], "legacy");
    await domain.init();
    const id = await domain.process<string>(new Open({ owner: "Alice" }));
    expect({ ...(await domain.repositoryFor(Account).get(id)) }).toEqual({ owner: "Alice" });
    await domain.close();
  });

  it.each<[keyof typeof COMPILERS, Flavour]>([
    ["tsc", "standard"],
    ["swc", "standard"],
    ["esbuild", "standard"],
    ["esbuild", "legacy"],
  ])("compiled by %s with %s decorators, say to write the class", async (compiler, flavour) => {
    const { domain } = run<Ledger>(BARE, COMPILERS[compiler], flavour);
    expect(await faults(domain)).toEqual([
      "@apply on Account.onOpened does not know its event: write @apply(TheEvent), since the compiler emitted no class for the parameter",
      "Account has no @apply method for its event Opened",
      "@handle on Handler.open does not know its command: write @handle(TheCommand), since the compiler emitted no class for the parameter",
    ]);
  });
});

describe("standard decorators", () => {
  it.each(["tsc", "swc", "esbuild"] as const)("on #private methods are a fault (%s)", async (compiler) => {
    const source = FAULTY.replace("PRIVATE", "@invariant.post\n #check() { return this.#check; }");
    const { domain } = run<Ledger>(source, COMPILERS[compiler], "standard");
    expect(await faults(domain)).toEqual([
      "@apply on Account.onOpened stands on a static method; it belongs on a method of the instance",
      "@invariant.post on Account.#check stands on a #private method, which nothing outside can call",
    ]);
  });

  it.each(["tsc", "swc", "esbuild"] as const)("of a subclass add nothing to its parent's (%s)", (compiler) => {
    const source = `
      import { Aggregate, apply, DomainEvent } from "@tidemark/core";
      import { z } from "zod";
      class Opened extends DomainEvent({}) {}
      class Closed extends DomainEvent({}) {}
      class Account extends Aggregate({ status: z.string().default("new") }) {
        @apply(Opened) onOpened(event: Opened) { this.status = "open"; }
      }
      class Savings extends Account {
        @apply(Closed) onClosed(event: Closed) { this.status = "closed"; }
      }
      class Credit extends Account {
        override onOpened(event: Opened) { this.status = "open credit"; }
      }
      export const statuses = [[Account, Opened], [Savings, Opened], [Savings, Closed], [Credit, Opened], [Account, Closed], [Credit, Closed]]
        .map(([type, event]: any) => {
          const account = type.createNew();
          try { account.raise(new event()); } catch (error: any) { return error.message; }
          return account.status;
        });`;
    expect(run<{ statuses: unknown }>(source, COMPILERS[compiler], "standard").statuses).toEqual([
      "open",
      "open",
      "closed",
      "open credit",
      "Account cannot raise Closed: no @apply method of it folds that event",
      "Credit cannot raise Closed: no @apply method of it folds that event",
    ]);
  });
});

describe.each(["@apply()", "@apply(undefined)", '@apply("Opened")'])("%s", (decorator) => {
  const explanation: Readonly<Record<string, string>> = {
    "@apply()": "has empty parentheses: write the class into them",
    "@apply(undefined)":
      "was given undefined: the class is not defined yet where the decorator stands, as in a circle of imports",
    '@apply("Opened")': 'was given "Opened": it takes a class',
  };

  it.each(["standard", "legacy"] as const)("is a fault with %s decorators", async (flavour) => {
    const source = FAULTY.replace("@apply(Opened)", "").replace("PRIVATE", `${decorator} onOpened2(event: Opened) {}`);
    const { domain } = run<Ledger>(source, COMPILERS.esbuild, flavour);
    expect(await faults(domain)).toEqual([
      `@apply on Account.onOpened2 ${explanation[decorator]}`,
      "Account has no @apply method for its event Opened",
    ]);
  });
});
