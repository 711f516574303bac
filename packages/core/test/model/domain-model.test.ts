import { tmpdir } from "node:os";

import { Aggregate, apply, Command, ConfigurationError, Domain, DomainEvent, event } from "../../src/index";
import { type Case, faultsOf, sound, wrong } from "./faults-of";

describe("domain.init()", () => {
  it.each<Case>([
    ["a sound domain", sound, []],
    ["an empty domain", () => undefined, []],
  ])("finds nothing wrong with %s", async (_, declare, faults) => {
    expect(await faultsOf(declare)).toEqual(faults);
  });

  it("lists every fault of every kind at once", async () => {
    const domain = new Domain("fidelis", {
      root: tmpdir(),
      config: { snapshots: { aggregates: { Acount: { threshold: 5 }, Account: { threshold: 5 } } } },
    });
    const { Account } = sound(domain);
    domain.event({ partOf: Account })(class Closed extends DomainEvent({}) {});
    domain.command(wrong({ partOf: "Acount", nam: "X" }))(class Close extends Command({}) {});
    domain.commandHandler({ partOf: Account })(class Idle {});
    await expect(domain.init()).rejects.toThrow(
      new ConfigurationError(
        [
          'Close has an unknown option "nam"; did you mean "name"?',
          'Close is part of "Acount", which is not a registered aggregate; did you mean "Account"?',
          "Idle has no @handle method",
          "Account has no @apply method for its event Closed",
          'config.snapshots.aggregates.Acount: names no aggregate of this domain; did you mean "Account"?',
        ],
        'domain "fidelis"',
      ),
    );
  });

  it("can be called again once the faults are mended", async () => {
    const domain = new Domain("fidelis", { root: tmpdir() });
    const { Account, Opened } = (() => {
      @event({ partOf: "Account" })
      class Opened extends DomainEvent({}) {}
      @domain.aggregate({ eventSourced: true })
      class Account extends Aggregate({}) {
        @apply(Opened)
        onOpened(_event: Opened): void {}
      }
      return { Account, Opened };
    })();
    await expect(domain.init()).rejects.toThrow(
      'domain "fidelis": Account.onOpened applies Opened, which is not a registered event of Account',
    );
    domain.register(Opened);
    await domain.init();
    expect(await domain.repositoryFor(Account).exists("acc-1")).toBe(false);
    await domain.close();
  });
});

describe("a domain's name", () => {
  it.each(["", " ", "-", "7days", "::", 5])("%j is refused", (name) => {
    expect(() => new Domain(name as string)).toThrow("is not a name for a domain");
  });

  it.each([
    ["fidelis", "fidelis::till-1", "Fidelis"],
    ["My shop", "my_shop::till-1", "MyShop"],
    ["my-shop", "my_shop::till-1", "MyShop"],
    ["Größe2", "größe2::till-1", "Größe2"],
  ])("%j starts streams in snake case and types in Pascal case", async (name, stream, prefix) => {
    const domain = new Domain(name, { root: tmpdir() });
    @domain.event({ partOf: "Till" })
    class Filled extends DomainEvent({}) {}
    @domain.aggregate({ eventSourced: true })
    class Till extends Aggregate({}) {
      @apply(Filled)
      onFilled(_event: Filled): void {}
    }
    await domain.init();
    const till = Till.createNew({ id: "1" });
    till.raise(new Filled());
    await domain.repositoryFor(Till).add(till);
    const types: string[] = [];
    for await (const { type } of domain.eventStore.read(stream)) types.push(type);
    expect(types).toEqual([`${prefix}.Filled.v1`]);
    await domain.close();
  });
});
