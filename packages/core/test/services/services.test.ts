import type { Domain } from "../../src/index";
import { COMPILERS, type Flavour, run } from "../fixtures/transpile";

const SOURCE = `
  import { Aggregate, apply, Command, Domain, DomainEvent, handle, useCase, ValidationError } from "@tidemark/core";
  import { z } from "zod";

  export const domain = new Domain("bank", {
    config: { event_store: { provider: "memory" } },
    resolver: (type) => new type("from the resolver"),
  });

  @domain.event({ partOf: "Account" })
  export class Moved extends DomainEvent({ amount: z.number() }) {}

  @domain.aggregate({ eventSourced: true, name: "Account" })
  export class Account extends Aggregate({ balance: z.number().default(0) }) {
    move(amount) {
      if (this.balance + amount < 0) throw new ValidationError({ balance: ["is too low"] });
      this.raise(new Moved({ amount }));
    }

    @apply(Moved)
    onMoved(event) { this.balance += event.amount; }
  }

  @domain.command({ partOf: Account })
  export class Move extends Command({ accountId: z.string(), amount: z.number() }) {}

  @domain.domainService({ partOf: [Account, "Account"] })
  export class Transferring {
    constructor(public source) {}
    transfer(from, to, amount) { from.move(-amount); to.move(amount); }
  }

  @domain.commandHandler({ partOf: Account })
  export class Handler {
    @handle(Move)
    async move({ accountId, amount }) {
      const accounts = domain.repositoryFor(Account);
      const account = (await accounts.find(accountId)) ?? Account.createNew({ id: accountId });
      account.move(amount);
      await accounts.add(account);
    }
  }

  @domain.applicationService({ partOf: Account })
  export class Teller {
    #served = 0;
    constructor(public source) {}

    get served() { return this.#served; }

    @useCase
    async pay(from, to, amount) {
      await domain.process(new Move({ accountId: to, amount }));
      await domain.process(new Move({ accountId: from, amount: -amount }));
      this.#served++;
      return this.#served;
    }

    @useCase
    async payTwice(from, to, amount) {
      await this.pay(from, to, amount);
      return await this.pay(from, to, amount);
    }

    payCarelessly(from, to, amount) { return this.pay(from, to, amount); }
  }`;

interface Bank {
  readonly domain: Domain;
  readonly Account: any;
  readonly Transferring: any;
  readonly Teller: any;
}

const both = (["tsc", "swc", "esbuild"] as const).flatMap((compiler) =>
  (["standard", "legacy"] as const).map((flavour) => [compiler, flavour] as [keyof typeof COMPILERS, Flavour]),
);

async function openBank(compiler: keyof typeof COMPILERS = "tsc", flavour: Flavour = "legacy") {
  const bank = run<Bank>(SOURCE, COMPILERS[compiler], flavour);
  await bank.domain.init();
  const accounts = bank.domain.repositoryFor(bank.Account);
  const opened = bank.Account.createNew({ id: "rich" });
  opened.move(10);
  await accounts.add(opened);
  const balances = async () => [(await accounts.find("rich"))?.toJSON(), (await accounts.find("poor"))?.toJSON()];
  return { ...bank, accounts, balances };
}

describe.each(both)("services compiled by %s with %s decorators", (compiler, flavour) => {
  it("come from the resolver, and a use case stores everything together", async () => {
    const { domain, Transferring, Teller, balances } = await openBank(compiler, flavour);
    const teller = await domain.serviceFor<any>(Teller);
    expect([teller.source, teller instanceof Teller, (await domain.serviceFor<any>(Transferring)).source]).toEqual([
      "from the resolver",
      true,
      "from the resolver",
    ]);
    expect([await teller.pay("rich", "poor", 3), teller.served]).toEqual([1, 1]);
    expect(await balances()).toEqual([
      { id: "rich", balance: 7 },
      { id: "poor", balance: 3 },
    ]);
    await expect(teller.pay("rich", "poor", 8)).rejects.toThrow("is too low");
    expect((await balances())[1]).toEqual({ id: "poor", balance: 3 });
  });
});

describe("an application service", () => {
  it("stores nothing when a use case that it calls itself fails", async () => {
    const { domain, Teller, balances } = await openBank();
    const teller = await domain.serviceFor<any>(Teller);
    await expect(teller.payTwice("rich", "poor", 6)).rejects.toThrow("is too low");
    expect(await balances()).toEqual([{ id: "rich", balance: 10 }, undefined]);
    expect([await teller.payTwice("rich", "poor", 2), (await balances())[0]]).toEqual([3, { id: "rich", balance: 6 }]);
  });

  it("opens no unit of work for a method that is no use case", async () => {
    const { domain, Teller, balances } = await openBank();
    const teller = await domain.serviceFor<any>(Teller);
    await expect(teller.payCarelessly("rich", "poor", 11)).rejects.toThrow("is too low");
    expect((await balances())[1]).toEqual({ id: "poor", balance: 11 });
  });
});

describe("a domain service", () => {
  it("changes aggregates in the unit of work of its caller", async () => {
    const { domain, accounts, Transferring, Account, balances } = await openBank();
    await domain.unitOfWork(async () => {
      const transferring = await domain.serviceFor<any>(Transferring);
      const [from, to] = [await accounts.get("rich"), Account.createNew({ id: "poor" })];
      transferring.transfer(from, to, 4);
      await accounts.add(from);
      await accounts.add(to);
    });
    expect(await balances()).toEqual([
      { id: "rich", balance: 6 },
      { id: "poor", balance: 4 },
    ]);
  });
});

describe("serviceFor", () => {
  it("refuses a class that is no registered service", async () => {
    const { domain, Account } = await openBank();
    await expect(domain.serviceFor(Account)).rejects.toMatchObject({
      code: "INCORRECT_USAGE",
      message: expect.stringContaining("Account is not a registered service: declare it with @domain.domainService"),
    });
  });
});
