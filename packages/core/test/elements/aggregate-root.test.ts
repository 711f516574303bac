import { z } from "zod";

import { Aggregate, apply, DomainEvent, IncorrectUsageError, invariant, ValidationError } from "../../src/index";

class Opened extends DomainEvent({ owner: z.string(), limit: z.number().default(0) }) {}
class Deposited extends DomainEvent({ amount: z.number() }) {}
class Tagged extends DomainEvent({ tags: z.array(z.object({ name: z.string(), at: z.date() })) }) {}
class Renamed extends DomainEvent({ owner: z.string() }) {}
class Noted extends DomainEvent({ note: z.string() }) {}
class Unknown extends DomainEvent({}) {}

class Account extends Aggregate({
  owner: z.string().max(10),
  limit: z.number(),
  balance: z.number().default(0),
  tags: z.array(z.object({ name: z.string(), at: z.date() })).default([]),
}) {
  readonly #log: string[] = [];

  get log(): readonly string[] {
    return this.#log;
  }

  @invariant.pre
  isNotFrozen(): void {
    this.#log.push("pre");
    if (this.owner === "frozen") throw new ValidationError({ owner: ["is frozen"] });
  }

  @invariant.post
  staysAboveItsLimit(): void {
    this.#log.push("post");
    if (this.balance < -this.limit) throw new ValidationError({ balance: ["is below the limit"] });
  }

  @invariant.post
  hasAnHonestBalance(): void {
    if (this.balance < -1_000) throw new ValidationError({ balance: ["is out of bounds"], owner: ["is in debt"] });
    if (this.balance === 13) throw new RangeError("13 is unlucky");
  }

  @apply
  onOpened(event: Opened): void {
    this.owner = event.owner;
    this.limit = event.limit;
  }

  @apply
  onDeposited(event: Deposited): void {
    this.#log.push(`apply ${event.amount}`);
    this.balance += event.amount;
  }

  @apply(Tagged)
  onTagged(event: Tagged): void {
    this.tags = event.tags;
  }

  @apply(Renamed)
  onRenamed(event: Renamed): void {
    this.owner = event.owner;
    this.raise(new Deposited({ amount: 1 }));
  }

  @apply(Noted)
  onNoted(event: Noted): void {
    Object.assign(this, { note: event.note });
  }
}

function opened(owner = "Alice", limit = 0): Account {
  const account = Account.createNew({ id: "acc-1" });
  account.raise(new Opened({ owner, limit }));
  return account;
}

function refusal(run: () => unknown): ValidationError {
  try {
    run();
  } catch (error) {
    if (error instanceof ValidationError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("createNew", () => {
  it("takes an id", () => {
    expect(Account.createNew({ id: "acc-1" }).id).toBe("acc-1");
  });

  it("makes up a fresh id, which sorts by its time", () => {
    const [first, second] = [Account.createNew().id, Account.createNew().id];
    expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(second > first).toBe(true);
  });

  it.each<[unknown, string]>([
    ["", "an id has at least 1 character"],
    [5, "an id is a string, not number"],
    [null, "an id is a string, not null"],
    ["a\0b", "an id contains no NUL"],
    ["\ud800", "an id is valid Unicode, this one has a lone surrogate"],
    ["x".repeat(256), "an id has at most 255 characters, this one has 256"],
  ])("refuses the id %j", (id, complaint) => {
    const error = refusal(() => Account.createNew({ id: id as string }));
    expect(error.messages).toEqual({ id: [complaint] });
    expect(error.message).toBe(`the id of a new Account is not valid: id: ${complaint}`);
  });

  it("starts at version -1 with the defaults, as an instance of the class", () => {
    class Savings extends Account {}
    const savings = Savings.createNew();
    expect(savings).toBeInstanceOf(Savings);
    expect(savings.version).toBe(-1);
    expect(savings.isTemporal).toBe(false);
    expect({ ...savings }).toEqual({ balance: 0, tags: [], owner: undefined, limit: undefined });
  });

  it("gives each instance its own default", () => {
    const [first, second] = [Account.createNew(), Account.createNew()];
    first.tags.push({ name: "vip", at: new Date(0) });
    expect(second.tags).toEqual([]);
  });
});

describe("new", () => {
  it("is refused, with what to do instead", () => {
    const Public = Account as unknown as new () => Account;
    expect(() => new Public()).toThrow(
      new IncorrectUsageError(
        "Cannot construct Account with new: call Account.createNew(), or get one from its repository",
      ),
    );
  });
});

describe("raise", () => {
  it("folds each event at once and counts the version", () => {
    const account = Account.createNew();
    const seen = [account.version];
    account.raise(new Opened({ owner: "Alice" }));
    seen.push(account.version);
    for (const amount of [5, 7]) {
      account.raise(new Deposited({ amount }));
      seen.push(account.version, account.balance);
    }
    expect(seen).toEqual([-1, 0, 1, 5, 2, 12]);
  });

  it("checks @invariant.post after every event and @invariant.pre before every event but the first", () => {
    const account = opened();
    account.raise(new Deposited({ amount: 5 }));
    expect(account.log).toEqual(["post", "pre", "apply 5", "post"]);
  });

  it("does not fold when @invariant.pre refuses", () => {
    const account = opened("frozen");
    expect(refusal(() => account.raise(new Deposited({ amount: 5 }))).messages).toEqual({ owner: ["is frozen"] });
    expect({ balance: account.balance, version: account.version }).toEqual({ balance: 0, version: 0 });
  });

  it("throws the very error of a single broken invariant", () => {
    expect(refusal(() => opened().raise(new Deposited({ amount: -5 }))).message).toBe("balance: is below the limit");
  });

  it("merges the messages of all broken invariants", () => {
    expect(refusal(() => opened().raise(new Deposited({ amount: -5_000 }))).messages).toEqual({
      balance: ["is below the limit", "is out of bounds"],
      owner: ["is in debt"],
    });
  });

  it("passes on an error that is not a ValidationError", () => {
    expect(() => opened().raise(new Deposited({ amount: 13 }))).toThrow(new RangeError("13 is unlucky"));
  });

  it("refuses a state that is not of its shape", () => {
    const account = Account.createNew();
    const error = refusal(() => account.raise(new Opened({ owner: "a name too long" })));
    expect(error.message).toBe(
      "the state of Account is not valid: owner: Too big: expected string to have <=10 characters",
    );
  });

  it("refuses a state whose fields without default were not set by the first event", () => {
    expect(refusal(() => Account.createNew().raise(new Deposited({ amount: 1 }))).messages).toEqual({
      owner: ["Invalid input: expected string, received undefined"],
      limit: ["Invalid input: expected number, received undefined"],
    });
  });

  it("refuses a method that adds a field outside of the shape", () => {
    expect(refusal(() => opened().raise(new Noted({ note: "x" }))).messages).toEqual({
      note: ["is not a field of the shape"],
    });
  });

  it("refuses every change after a refused one", () => {
    const account = opened();
    expect(() => account.raise(new Deposited({ amount: -5 }))).toThrow(ValidationError);
    expect(() => account.raise(new Deposited({ amount: 50 }))).toThrow(
      expect.objectContaining({
        message: 'Cannot change Account "acc-1": it refused an earlier change; load it again',
        cause: expect.any(ValidationError),
        details: {},
      }),
    );
  });

  it.each<[string, unknown, string]>([
    ["an event that no method folds", new Unknown(), "Unknown: no @apply method of it folds that event"],
    ["a plain object", { amount: 5 }, "a plain object: raise an instance of an event class"],
    ["an object without prototype", Object.create(null), "a plain object: raise an instance of an event class"],
    ["nothing", undefined, "undefined: raise an instance of an event class"],
    ["null", null, "null: raise an instance of an event class"],
    ["the event's class", Deposited, "the class Deposited: raise an instance of an event class"],
  ])("refuses %s and stays usable", (_, event, found) => {
    const account = opened();
    expect(() => account.raise(event as never)).toThrow(`Account cannot raise ${found}`);
    account.raise(new Deposited({ amount: 5 }));
    expect(account.version).toBe(1);
  });

  it("refuses an event that an @apply method raises, since every replay would raise it again", () => {
    const account = opened();
    expect(() => account.raise(new Renamed({ owner: "Bob" }))).toThrow(
      new IncorrectUsageError(
        "Account cannot raise Deposited while it folds another event: an @apply method only assigns state",
      ),
    );
    expect(() => account.raise(new Deposited({ amount: 1 }))).toThrow("it refused an earlier change");
  });

  it("gives the state values of its own, so that changing it changes no event", () => {
    const event = new Tagged({ tags: [{ name: "vip", at: new Date(0) }] });
    const account = opened();
    account.raise(event);
    account.tags.push({ name: "new", at: new Date(1) });
    account.tags[0]?.at.setTime(9);
    expect(event).toEqual({ tags: [{ name: "vip", at: new Date(0) }] });
    expect(account.tags).toEqual([
      { name: "vip", at: new Date(9) },
      { name: "new", at: new Date(1) },
    ]);
  });
});

describe("toJSON", () => {
  it("is the id and the state", () => {
    expect(JSON.parse(JSON.stringify(opened()))).toEqual({
      id: "acc-1",
      owner: "Alice",
      limit: 0,
      balance: 0,
      tags: [],
    });
  });
});
