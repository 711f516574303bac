import { tmpdir } from "node:os";
import { z } from "zod";

import {
  Aggregate,
  apply,
  Domain,
  DomainEvent,
  Entity,
  entity,
  handle,
  hasMany,
  hasOne,
  invariant,
  ValueObject,
  valueObject,
} from "../../src/index";

class Money extends ValueObject({ amount: z.number() }) {}
class Limit extends Entity({ money: valueObject(Money) }) {}
class Signatory extends Entity({ name: z.string(), limits: hasMany(Limit) }) {}

function domainOf(part: typeof Signatory = Signatory): Domain {
  const domain = new Domain("bank", { root: tmpdir() });
  class Opened extends DomainEvent({}) {}
  class Account extends Aggregate({ signatory: hasOne(part) }) {
    @apply(Opened)
    onOpened(): void {}
  }
  domain.aggregate({ eventSourced: true })(Account);
  domain.event({ partOf: Account })(Opened);
  return domain;
}

async function faults(domain: Domain): Promise<readonly string[]> {
  const error: unknown = await domain.init().catch((reason: unknown) => reason);
  await domain.close();
  return (error as { faults?: readonly string[] } | undefined)?.faults ?? [];
}

describe("entities and value objects of a domain", () => {
  it("need no registration", async () => {
    expect(await faults(domainOf())).toEqual([]);
  });

  it("may be registered, as part of an aggregate or of another entity", async () => {
    const domain = domainOf();
    domain.entity({ partOf: "Account" })(Signatory);
    domain.entity({ partOf: Signatory })(Limit);
    domain.valueObject({})(Money);
    expect(await faults(domain)).toEqual([]);
  });

  it("may be declared without a domain and registered with it", async () => {
    @entity({ partOf: "Account" })
    class Address extends Entity({ city: z.string() }) {}
    @valueObject({ partOf: "Address" })
    class City extends ValueObject({ name: z.string() }) {}
    expect(await faults(domainOf().register(Address, City))).toEqual([]);
  });

  it("name what they are part of", async () => {
    const domain = domainOf();
    domain.entity({ partOf: "Acount" })(Signatory);
    domain.valueObject({ partOf: "Nothing" })(Money);
    expect(await faults(domain)).toEqual([
      'Signatory is part of "Acount", which is not a registered aggregate or entity; did you mean "Account"?',
      'Money is part of "Nothing", which is not a registered aggregate or entity',
    ]);
  });

  it("have the options that there are", async () => {
    const domain = domainOf();
    domain.entity({ partof: "Account" } as never)(Signatory);
    domain.valueObject({ partOf: 5, name: "Cash" } as never)(Money);
    expect(await faults(domain)).toEqual([
      'Signatory needs the option "partOf"',
      'Signatory has an unknown option "partof"; did you mean "partOf"?',
      'Money has a bad option "partOf": must be an aggregate or entity class or its name',
      'Money has an unknown option "name"',
    ]);
  });

  it("extend a class of their kind", async () => {
    const domain = domainOf();
    domain.entity({ partOf: "Account" })(class Note {} as never);
    domain.valueObject({})(Signatory as never);
    domain.entity({ partOf: "Account" })(Money as never);
    expect(await faults(domain)).toEqual([
      "Note is declared as an entity but does not extend Entity({…})",
      "Signatory is declared as a value object but does not extend ValueObject({…})",
      "Money is declared as an entity but does not extend Entity({…})",
    ]);
  });

  it("have no field outside of their shape, registered or not", async () => {
    class Caching extends Signatory {
      cache = new Map();
    }
    expect(await faults(domainOf(Caching))).toEqual([
      'Caching has the field "cache" outside of its shape, so it is never stored; declare it in Entity({…})',
    ]);
  });

  it("have constructors of their own where they like", async () => {
    class Named extends Signatory {
      constructor({ first, last }: { first: string; last: string } = {} as never) {
        super({ name: first.concat(last) });
      }
    }
    expect(await faults(domainOf(Named as never))).toEqual([]);
  });

  it("fold and handle nothing themselves", async () => {
    class Busy extends Signatory {
      @apply(DomainEvent({}))
      onOpened(): void {}

      @handle(DomainEvent({}))
      open(): void {}
    }
    expect(await faults(domainOf(Busy))).toEqual([
      "@apply on Busy.onOpened: it belongs on a method of an aggregate",
      "@handle on Busy.open: it belongs on a method of a command handler, an event handler or a process manager",
    ]);
  });

  it("that are value objects have no @invariant.pre", async () => {
    const domain = domainOf();
    class Cash extends ValueObject({ amount: z.number() }) {
      @invariant.pre
      before(): void {}
    }
    domain.valueObject({})(Cash);
    expect(await faults(domain)).toEqual([
      "@invariant.pre on Cash.before: it belongs on a method of an aggregate or an entity; a value object never changes, so write @invariant.post",
    ]);
  });

  it("have no default in an aggregate that differs each time", async () => {
    class Stamped extends Entity({
      name: z.string(),
      limits: hasMany(Limit),
      at: z.date().default(() => new Date()),
    }) {}
    expect(await faults(domainOf(Stamped as never))).toEqual([
      'Stamped has a default for "at" that differs each time; carry the value in an event',
    ]);
  });
});
