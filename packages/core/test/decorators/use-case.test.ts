import type { Domain } from "../../src/index";
import { COMPILERS, type Flavour, run } from "../fixtures/transpile";

interface Bank {
  readonly domain: Domain;
  readonly Account: any;
  readonly Teller: any;
}

const both = (["tsc", "swc", "esbuild"] as const).flatMap((compiler) =>
  (["standard", "legacy"] as const).map((flavour) => [compiler, flavour] as [keyof typeof COMPILERS, Flavour]),
);

const BANK = `
  import { Aggregate, Domain, DomainEvent, apply, domainService, useCase } from "@tidemark/core";
  import { z } from "zod";
  export const domain = new Domain("bank", { config: { event_store: { provider: "memory" } } });

  @domain.event({ partOf: "Account" })
  class Moved extends DomainEvent({ amount: z.number() }) {}

  @domain.aggregate({ eventSourced: true, name: "Account" })
  export class Account extends Aggregate({ balance: z.number().default(0) }) {
    move(amount: number): void {
      this.raise(new Moved({ amount }));
    }

    @apply(Moved)
    onMoved({ amount }: Moved): void {
      this.balance += amount;
    }
  }

  @domainService({ partOf: [Account, "Account"] })
  class Transferring {
    transfer(from: Account, to: Account, amount: number): void {
      from.move(-amount);
      to.move(amount);
    }
  }
  domain.register(Transferring);

  @domain.applicationService({ partOf: Account })
  export class Teller {
    @useCase
    async pay(from: string, to: string, amount: number): Promise<number> {
      const [giver, taker] = [Account.createNew({ id: from }), Account.createNew({ id: to })];
      (await domain.serviceFor(Transferring)).transfer(giver, taker, amount);
      await domain.repositoryFor(Account).add(giver);
      if (amount > 100) throw new Error("too much");
      await domain.repositoryFor(Account).add(taker);
      return taker.balance;
    }
  }`;

describe.each(both)("compiled by %s with %s decorators", (compiler, flavour) => {
  it("a use case stores all that it adds, or nothing", async () => {
    const { domain, Account, Teller } = run<Bank>(BANK, COMPILERS[compiler], flavour);
    await domain.init();
    const teller: any = await domain.serviceFor(Teller);
    expect(await teller.pay("a", "b", 5)).toBe(5);
    await expect(teller.pay("c", "d", 500)).rejects.toThrow("too much");
    const ids: string[] = [];
    for await (const id of domain.repositoryFor(Account).ids()) ids.push(id);
    expect(ids).toEqual(["a", "b"]);
    await domain.close();
  });

  it.each(["domain.domainService", "domain.applicationService", "domainService", "applicationService"])(
    "@%s without parentheses says to write them",
    (decorator) => {
      const source = (written: string) =>
        `import { Domain, applicationService, domainService } from "@tidemark/core";
         const domain = new Domain("bank");
         @${written}
         export class Teller {}
         export const used = [domain, applicationService, domainService];`;
      expect(() => run(source(decorator), COMPILERS[compiler], flavour)).toThrow(
        `@${decorator} above class Teller needs its options in parentheses, such as @${decorator}({ partOf: "Account" })`,
      );
      expect(() => run(source(`${decorator}()`), COMPILERS[compiler], flavour)).toThrow(
        `@${decorator} needs its options in parentheses, such as @${decorator}({ partOf: "Account" })`,
      );
    },
  );
});
