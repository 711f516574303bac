import { tmpdir } from "node:os";

import { z } from "zod";

import {
  Aggregate,
  aggregate,
  apply,
  Command,
  command,
  commandHandler,
  Domain,
  DomainEvent,
  event,
  handle,
} from "../../src/index";
import { markElement } from "../../src/metadata/element-mark";
import { type Case, faultsOf, sound } from "./faults-of";

const CASES: readonly Case[] = [
  [
    "a class registered twice",
    (domain) => {
      class Till extends Aggregate({}) {}
      domain.aggregate({ eventSourced: true })(Till);
      domain.aggregate({ eventSourced: true, schemaVersion: 2 })(Till);
    },
    ["Till is registered twice, with other options"],
  ],
  [
    "a class of two kinds",
    (domain) => {
      class Till extends Aggregate({}) {}
      domain.aggregate({ eventSourced: true })(Till);
      domain.commandHandler({ partOf: "Till" })(Till as never);
    },
    ["Till is registered twice, as aggregate and as commandHandler"],
  ],
];

describe("the registry", () => {
  it.each(CASES)("reports %s", async (_, declare, faults) => {
    expect(await faultsOf(declare)).toEqual(faults);
  });
});

describe("classes declared without a domain", () => {
  function free() {
    @event({ partOf: "Account" })
    class Opened extends DomainEvent({ owner: z.string() }) {}
    @aggregate({ eventSourced: true, name: "Account" })
    class FreeAccount extends Aggregate({ owner: z.string() }) {
      @apply(Opened)
      onOpened({ owner }: Opened): void {
        this.owner = owner;
      }
    }
    @command({ partOf: FreeAccount })
    class Open extends Command({ owner: z.string() }) {}
    const made: string[] = [];
    @commandHandler({ partOf: FreeAccount })
    class Handler {
      @handle(Open)
      open({ owner }: Open): void {
        made.push(owner);
      }
    }
    return { Opened, FreeAccount, Open, Handler, made };
  }

  it("serve every domain that registers them, each with streams of its own", async () => {
    const { Opened, FreeAccount, Open, Handler, made } = free();
    const domains = ["north", "south"].map((name) =>
      new Domain(name, { root: tmpdir() }).register(Opened, FreeAccount, Open, Handler),
    );
    for (const domain of domains) {
      await domain.init();
      const account = FreeAccount.createNew({ id: "acc-1" });
      account.raise(new Opened({ owner: domain.name }));
      await domain.repositoryFor(FreeAccount).add(account);
      await domain.process(new Open({ owner: domain.name }));
    }
    const [north, south] = domains as [Domain, Domain];
    expect((await north.repositoryFor(FreeAccount).get("acc-1")).owner).toBe("north");
    expect((await south.repositoryFor(FreeAccount).get("acc-1")).owner).toBe("south");
    expect([north, south].map((domain) => domain.streamFor(FreeAccount, "acc-1"))).toEqual([
      "north::account-acc-1",
      "south::account-acc-1",
    ]);
    expect(made).toEqual(["north", "south"]);
    await Promise.all(domains.map((domain) => domain.close()));
  });

  it("may be registered twice, and by a second domain after the one that declared them", async () => {
    const first = new Domain("first", { root: tmpdir() });
    const second = new Domain("second", { root: tmpdir() });
    const { Opened, Account, Open, Handler } = sound(first);
    first.register(Opened, Account);
    second.register(Opened, Account, Open, Handler);
    await first.init();
    await second.init();
    expect([...second.aggregates.keys()]).toEqual(["Account"]);
    await first.close();
    await second.close();
  });

  it("must be decorated before they are registered; a subclass inherits no decorator", () => {
    const domain = new Domain("fidelis", { root: tmpdir() });
    const { FreeAccount } = free();
    class Undecorated extends FreeAccount {}
    expect(() => domain.register(Undecorated)).toThrow(
      "Cannot register Undecorated: it has no class decorator, such as @aggregate or @event",
    );
    expect(() => domain.register("Account" as never)).toThrow("Cannot register Account: expected a decorated class");
  });

  it("cannot be registered any more once the domain is initialised", async () => {
    const domain = new Domain("fidelis", { root: tmpdir() });
    await domain.init();
    const late = 'Domain "fidelis" is initialised already: register everything before domain.init()';
    expect(() => domain.register(free().FreeAccount)).toThrow(late);
    expect(() => domain.event({ partOf: "Account" })(class Late extends DomainEvent({}) {})).toThrow(late);
    await domain.close();
  });

  it("are refused when another version of this package declared them as a kind that is unknown here", async () => {
    const faults = await faultsOf((domain) => {
      class Transfer {}
      markElement(Transfer, { kind: "saga", options: {} });
      domain.register(Transfer);
    });
    expect(faults).toEqual(["Transfer is declared as saga by another version of @tidemark/core: install only one"]);
  });
});
