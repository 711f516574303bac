import type { Domain } from "../../src/index";
import { COMPILERS, type Flavour, fixture, run } from "../fixtures/transpile";

interface Bank {
  readonly domain: Domain;
  readonly Account: any;
  readonly Added: any;
  readonly Money: any;
}

const both = (["tsc", "swc", "esbuild"] as const).flatMap((compiler) =>
  (["standard", "legacy"] as const).map((flavour) => [compiler, flavour] as [keyof typeof COMPILERS, Flavour]),
);

describe.each(both)("compiled by %s with %s decorators", (compiler, flavour) => {
  it("entities and value objects are checked, stored and loaded", async () => {
    const { domain, Account, Added, Money } = run<Bank>(fixture("signatories.source.ts"), COMPILERS[compiler], flavour);
    await domain.init();
    const accounts = domain.repositoryFor(Account);
    const account = Account.createNew({ id: "1" });
    account.raise(new Added({ signatory: { id: "s-1", name: "Ann", limit: { amount: 5 } } }));
    await accounts.add(account);
    await accounts.update("1", (one: any) => one.signatories.get("s-1").rename("Amy"));
    expect(await domain.snapshotsFor(Account).exists("1")).toBe(true);
    const loaded: any = await accounts.get("1");
    const { name, limit } = loaded.signatories.get("s-1");
    expect([name, limit.text, limit instanceof Money]).toEqual(["Amy", "€5", true]);
    expect(() => new Money({ amount: -1 })).toThrow("amount: is negative");
    await expect(accounts.update("1", (one: any) => one.signatories.get("s-1").rename("nobody"))).rejects.toMatchObject(
      {
        messages: { "signatories.0.name": ["is nobody"] },
      },
    );
    await domain.close();
  });

  it.each(["domain.entity", "domain.valueObject"])("@%s without parentheses says to write them", (decorator) => {
    const source = `
      import { Domain } from "@tidemark/core";
      const domain = new Domain("bank", { config: { event_store: { provider: "memory" } } });
      @${decorator}
      export class Opened {}`;
    expect(() => run(source, COMPILERS[compiler], flavour)).toThrow(
      `@${decorator} above class Opened needs its options in parentheses, such as @${decorator}({ partOf: "Account" })`,
    );
  });

  it.each(["entity", "valueObject"])("@%s without parentheses is refused", (decorator) => {
    const source = `import { ${decorator} } from "@tidemark/core";\n@${decorator} export class Opened {}`;
    expect(() => run(source, COMPILERS[compiler], flavour)).toThrow(
      flavour === "standard"
        ? `@${decorator} above class Opened needs its options`
        : `${decorator}() takes a class that`,
    );
    expect(() => run(source.replace(" export", "() export"), COMPILERS[compiler], flavour)).toThrow(
      `@${decorator} needs its options in parentheses, such as @${decorator}({ partOf: "Account" })`,
    );
  });
});
