import { z } from "zod";

import { lifeOf } from "../../src/elements/aggregate-root";
import { checkOpenState, noteStored, openChangeOf } from "../../src/elements/open-aggregate";
import {
  Aggregate,
  aggregate,
  apply,
  Command,
  DomainEvent,
  Entity,
  event,
  hasMany,
  IncorrectUsageError,
  identifier,
  invariant,
  status,
  ValidationError,
} from "../../src/index";
import { messagesOf } from "../fixtures/messages-of";

class Line extends Entity({
  quantity: z.number(),
  status: status({ transitions: { OPEN: ["SENT"], SENT: ["RETURNED"], RETURNED: [] } }),
}) {
  send(): void {
    this.status = "SENT";
    this.raise(new LineSent({ lineId: this.id }));
  }

  @invariant.post
  quantityMustBePositive(): void {
    if (this.quantity <= 0) throw new ValidationError({ quantity: ["must be positive"] });
  }
}

@event({ partOf: "Cart" })
class LineSent extends DomainEvent({ lineId: identifier() }) {}

@event({ partOf: "Cart" })
class Noted extends DomainEvent({ note: z.string(), tags: z.array(z.string()).default([]) }) {}

@event({ partOf: "Cart" })
class Advanced extends DomainEvent({ to: z.any() }) {}

@event({ partOf: "Cart", deprecated: "raise Noted" })
class Scribbled extends DomainEvent({}) {}

@event({ partOf: "Order" })
class Ordered extends DomainEvent({}) {}

class Undeclared extends DomainEvent({}) {}

class Tag extends Command({ tags: z.array(z.string()), since: z.date() }) {}

@aggregate({ stored: "state" })
class Cart extends Aggregate({
  owner: z.string(),
  note: z.string().optional(),
  since: z.date().nullable().default(null),
  tags: z.array(z.string()).default([]),
  lines: hasMany(Line),
  locked: z.boolean().default(false),
  status: status({ transitions: { NEW: ["OPEN"], OPEN: ["PAID"], PAID: ["SENT"], SENT: [] } }),
}) {
  static readonly invariants: string[] = [];

  static of(owner: string): Cart {
    const cart = Cart.createNew({ id: "c-1" });
    cart.owner = owner;
    return cart;
  }

  /** As a repository gives it. */
  static loaded(): Cart {
    const cart = Cart.of("ann");
    cart.lines.add({ id: "l-1", quantity: 1 });
    checkOpenState(cart);
    lifeOf(cart).version = 0;
    noteStored(cart);
    Cart.invariants.length = 0;
    return cart;
  }

  rename(owner: string): void {
    this.owner = owner;
  }

  lock(): void {
    this.locked = true;
    this.raise(new Noted({ note: "locked" }));
  }

  @invariant.pre
  mustNotBeLocked(): void {
    Cart.invariants.push("pre");
    if (this.locked) throw new ValidationError({ locked: ["it is locked"] });
  }

  @invariant.post
  ownerMustNotBeRoot(): void {
    Cart.invariants.push("post");
    if (this.owner === "root") throw new ValidationError({ owner: ["must not be root"] });
  }

  @apply(Noted)
  onNoted({ note, tags }: Noted): void {
    this.note = note;
    this.tags = tags;
  }

  @apply(Advanced)
  onAdvanced({ to }: Advanced): void {
    this.status = to;
  }
}

beforeEach(() => {
  Cart.invariants.length = 0;
});

describe("a field of an aggregate that is stored as its state", () => {
  it("is assigned by methods and by callers", () => {
    const cart = Cart.createNew({ id: "c-1" });
    cart.rename("ann");
    cart.note = "hello";
    expect({ ...cart, lines: [] }).toEqual({
      owner: "ann",
      note: "hello",
      since: null,
      tags: [],
      lines: [],
      locked: false,
      status: "NEW",
    });
  });

  it("takes over a frozen value as a copy, whose parts can change", () => {
    const cart = Cart.of("ann");
    const command = new Tag({ tags: ["a"], since: new Date(0) });
    cart.tags = command.tags as string[];
    cart.since = command.since;
    cart.tags.push("b");
    cart.since.setTime(5);
    expect([cart.tags, cart.since]).toEqual([["a", "b"], new Date(5)]);
    expect([command.tags, command.since]).toEqual([["a"], new Date(0)]);
  });

  it("keeps a value that is not frozen as it is", () => {
    const [cart, tags] = [Cart.of("ann"), ["a"]];
    cart.tags = tags;
    expect(cart.tags).toBe(tags);
  });

  it("counts as touched once it is assigned, until the aggregate is stored", () => {
    const cart = Cart.createNew();
    expect(lifeOf(cart).isTouched).toBe(false);
    cart.rename("ann");
    expect(lifeOf(cart).isTouched).toBe(true);
    checkOpenState(cart);
    expect(lifeOf(cart).isTouched).toBe(true);
    noteStored(cart);
    expect(lifeOf(cart).isTouched).toBe(false);
  });

  it("holds nothing once it is deleted, and can be assigned again", () => {
    const cart = Cart.loaded();
    delete cart.note;
    expect(openChangeOf(cart)).toBe("was changed");
    expect(lifeOf(cart).state[1]).toBeUndefined();
    delete cart.note;
    cart.note = "again";
    checkOpenState(cart);
    expect(lifeOf(cart).state[1]).toBe("again");
    cart.note = "and again";
    expect(lifeOf(cart).state[1]).toBe("and again");
  });

  it("cannot be assigned by an invariant, which only checks", () => {
    @aggregate({ stored: "state" })
    class Sloppy extends Aggregate({ count: z.number().default(0) }) {
      @invariant.post
      counts(): void {
        this.count++;
      }
    }
    const sloppy = Sloppy.createNew({ id: "s-1" });
    expect(() => checkOpenState(sloppy)).toThrow(
      new IncorrectUsageError('Cannot assign count of Sloppy "s-1": an invariant only checks the state'),
    );
    expect(sloppy.count).toBe(0);
  });
});

describe("the way of storing", () => {
  const openness = (made: { readonly count: number }) => {
    try {
      (made as { count: number }).count = 1;
      return "open";
    } catch {
      return "closed";
    }
  };

  it.each([
    ["open", undefined],
    ["open", {}],
    ["open", { stored: "state" }],
    ["open", { stored: "both", truth: "state" }],
    ["closed", { stored: "both", truth: "events" }],
    ["closed", { stored: "events" }],
    ["closed", { eventSourced: true }],
  ] as const)("makes an aggregate %s that is declared with %j", (expected, options) => {
    class Counter extends Aggregate({ count: z.number().default(0) }) {}
    aggregate(options)(Counter);
    expect(openness(Counter.createNew())).toBe(expected);
  });

  it("is that of events for a class without decorator", () => {
    class Counter extends Aggregate({ count: z.number().default(0) }) {}
    expect(openness(Counter.createNew())).toBe("closed");
  });

  it("is that of the parent for a subclass without decorator of its own", () => {
    class Counter extends Aggregate({ count: z.number().default(0) }) {}
    aggregate()(Counter);
    class Special extends Counter {}
    class Other extends Counter {}
    aggregate({ eventSourced: true })(Other);
    expect([openness(Special.createNew()), openness(Other.createNew())]).toEqual(["open", "closed"]);
  });
});

describe("the pre invariants of an aggregate that is stored as its state", () => {
  it("are not run for a new one", () => {
    const cart = Cart.of("ann");
    cart.locked = true;
    cart.note = "x";
    expect(Cart.invariants).toEqual([]);
  });

  it("are run once, before the first assignment of a loaded one", () => {
    const cart = Cart.loaded();
    cart.note = "x";
    cart.owner = "bob";
    expect(Cart.invariants).toEqual(["pre"]);
  });

  it("let a method change what they are about, and raise an event after that", () => {
    const cart = Cart.loaded();
    cart.lock();
    expect(() => checkOpenState(cart)).not.toThrow();
  });

  it("refuse the next change once the state was added", () => {
    const cart = Cart.loaded();
    cart.lock();
    checkOpenState(cart);
    expect(messagesOf(() => cart.rename("bob"))).toEqual({ locked: ["it is locked"] });
    expect(cart.owner).toBe("ann");
    expect(() => cart.rename("bob")).toThrow(
      'Cannot assign owner of Cart "c-1": it refused an earlier change; load it again',
    );
    expect(() => cart.raise(new Noted({ note: "x" }))).toThrow(
      'Cannot change Cart "c-1": it refused an earlier change',
    );
  });

  it("are run for each event that is raised before any assignment", () => {
    const cart = Cart.loaded();
    cart.raise(new Noted({ note: "x" }));
    cart.raise(new Noted({ note: "y" }));
    expect(Cart.invariants).toEqual(["pre", "pre"]);
  });

  it("are not run for an assignment behind an event, which belongs to the same change", () => {
    const cart = Cart.loaded();
    cart.raise(new Noted({ note: "x" }));
    cart.locked = true;
    cart.note = "y";
    expect(Cart.invariants).toEqual(["pre"]);
  });
});

describe("raise() of an aggregate that is stored as its state", () => {
  it("keeps an event that no @apply method folds, and leaves state and version alone", () => {
    const cart = Cart.loaded();
    cart.raise(new LineSent({ lineId: "l-1" }));
    expect(lifeOf(cart).pending).toEqual([new LineSent({ lineId: "l-1" })]);
    expect([cart.version, lifeOf(cart).isTouched]).toEqual([0, false]);
  });

  it("folds an event that has an @apply method, into a copy of its values", () => {
    const cart = Cart.loaded();
    const noted = new Noted({ note: "x", tags: ["a"] });
    cart.raise(noted);
    cart.tags.push("b");
    expect([cart.note, cart.tags, noted.tags]).toEqual(["x", ["a", "b"], ["a"]]);
    expect(cart.version).toBe(0);
  });

  it("works before the state is whole, as the check comes at add", () => {
    const cart = Cart.createNew({ id: "c-1" });
    cart.raise(new Noted({ note: "x" }));
    expect(messagesOf(() => checkOpenState(cart))).toHaveProperty("owner");
    cart.owner = "ann";
    expect(() => checkOpenState(cart)).not.toThrow();
  });

  it("is there for its entities", () => {
    const cart = Cart.loaded();
    cart.lines.get("l-1").send();
    expect(lifeOf(cart).pending).toEqual([new LineSent({ lineId: "l-1" })]);
  });

  it.each([
    [new Ordered(), "Cart cannot raise Ordered: it is part of Order, not of Cart"],
    [
      new Undeclared(),
      'Cart cannot raise Undeclared: it is not declared as an event; write @event({ partOf: "Cart" })',
    ],
    [new Scribbled(), "Cart cannot raise Scribbled: it is deprecated: raise Noted"],
    [{}, "Cart cannot raise a plain object: raise an instance of an event class"],
    [undefined, "Cart cannot raise undefined: raise an instance of an event class"],
  ])("refuses what is no event of its own: %p", (raised, message) => {
    const cart = Cart.loaded();
    expect(() => cart.raise(raised as Noted)).toThrow(new IncorrectUsageError(message));
    expect(lifeOf(cart).pending).toEqual([]);
    expect(() => cart.raise(new Noted({ note: "x" }))).not.toThrow();
  });

  it("refuses events while it folds one, and in an invariant", () => {
    @event({ partOf: "Loop" })
    class Turned extends DomainEvent({}) {}
    @event({ partOf: "Loop" })
    class Stopped extends DomainEvent({}) {}
    @aggregate()
    class Loop extends Aggregate({ turns: z.number().default(0) }) {
      @apply(Turned)
      onTurned(): void {
        this.raise(new Stopped());
      }

      @invariant.post
      mustStop(): void {
        this.raise(new Stopped());
      }
    }
    const loop = () => Loop.createNew({ id: "l-1" });
    expect(() => loop().raise(new Turned())).toThrow("Loop cannot raise Stopped while it folds another event");
    expect(() => checkOpenState(loop())).toThrow(
      "Loop cannot raise Stopped in an invariant, which only checks the state",
    );
  });

  it("goes by the name that the decorator gives the aggregate", () => {
    @event({ partOf: "Basket" })
    class Filled extends DomainEvent({}) {}
    @aggregate({ name: "Basket" })
    class Renamed extends Aggregate({}) {}
    @event({ partOf: Renamed })
    class Emptied extends DomainEvent({}) {}
    @event({ partOf: "Renamed" })
    class Lost extends DomainEvent({}) {}
    const basket = Renamed.createNew();
    basket.raise(new Filled());
    basket.raise(new Emptied());
    expect(() => basket.raise(new Lost())).toThrow("Renamed cannot raise Lost: it is part of Renamed, not of Basket");
    expect(lifeOf(basket).pending).toEqual([new Filled(), new Emptied()]);
  });
});

describe("the check of the state at add", () => {
  it("refuses a state of another shape, and a further assignment mends it", () => {
    const cart = Cart.loaded();
    cart.owner = 5 as unknown as string;
    expect(messagesOf(() => checkOpenState(cart))).toEqual({
      owner: ["Invalid input: expected string, received number"],
    });
    cart.owner = "bob";
    checkOpenState(cart);
    expect(cart.owner).toBe("bob");
  });

  it("runs the post invariants, of entities too", () => {
    const cart = Cart.loaded();
    cart.owner = "root";
    cart.lines.get("l-1").quantity = 0;
    expect(messagesOf(() => checkOpenState(cart))).toEqual({
      owner: ["must not be root"],
      "lines.0.quantity": ["must be positive"],
    });
  });

  it("refuses an entity of another aggregate", () => {
    const [cart, other] = [Cart.loaded(), Cart.loaded()];
    other.lines.clear();
    other.lines.add(cart.lines.get("l-1"));
    expect(() => checkOpenState(other)).toThrow(
      'Line "l-1" cannot be kept twice: in Cart it belongs to another Cart; keep its id, or a copy',
    );
  });

  it("makes added entities part of the aggregate", () => {
    const cart = Cart.loaded();
    const line = cart.lines.add({ id: "l-2", quantity: 1 });
    expect(() => line.send()).toThrow(
      'Line "l-2" cannot raise an event: it is not part of a loaded or changed aggregate',
    );
    checkOpenState(cart);
    line.raise(new LineSent({ lineId: "l-2" }));
    expect(lifeOf(cart).pending).toEqual([new LineSent({ lineId: "l-2" })]);
  });

  it("is nothing to an event-sourced aggregate", () => {
    class Plain extends Aggregate({ owner: z.string() }) {}
    aggregate({ eventSourced: true })(Plain);
    expect(() => checkOpenState(Plain.createNew())).not.toThrow();
  });
});

describe("the status fields of an aggregate that is stored as its state", () => {
  it("are compared with the state as it is stored", () => {
    const cart = Cart.loaded();
    cart.status = "PAID";
    expect(messagesOf(() => checkOpenState(cart))).toEqual({
      status: ['cannot go from "NEW" to "PAID"; allowed: "OPEN"'],
    });
    cart.status = "OPEN";
    checkOpenState(cart);
    noteStored(cart);
    cart.status = "PAID";
    expect(() => checkOpenState(cart)).not.toThrow();
  });

  it("are compared with the defaults of a new one", () => {
    const cart = Cart.of("ann");
    cart.status = "SENT";
    expect(messagesOf(() => checkOpenState(cart))).toEqual({
      status: ['cannot go from "NEW" to "SENT"; allowed: "OPEN"'],
    });
  });

  it("may go several ways in one unit of work, each of which was added or told by an event", () => {
    const cart = Cart.loaded();
    cart.status = "OPEN";
    checkOpenState(cart);
    cart.status = "PAID";
    cart.raise(new LineSent({ lineId: "l-1" }));
    cart.status = "SENT";
    expect(() => checkOpenState(cart)).not.toThrow();
  });

  it("are checked when an event folds them", () => {
    const cart = Cart.loaded();
    cart.raise(new Advanced({ to: "OPEN" }));
    cart.raise(new Advanced({ to: "PAID" }));
    expect(messagesOf(() => cart.raise(new Advanced({ to: "NEW" })))).toEqual({
      status: ['cannot go from "PAID" to "NEW"; allowed: "SENT"'],
    });
    expect(lifeOf(cart).pending).toHaveLength(2);
  });

  it("are checked in its entities", () => {
    const cart = Cart.loaded();
    cart.lines.get("l-1").status = "RETURNED";
    expect(messagesOf(() => checkOpenState(cart))).toEqual({
      "lines.0.status": ['cannot go from "OPEN" to "RETURNED"; allowed: "SENT"'],
    });
  });
});

describe("the change of an aggregate that is stored as its state", () => {
  it("is told by the field of a nested value, which no assignment has changed", () => {
    const [cart, other] = [Cart.loaded(), Cart.loaded()];
    cart.tags.push("a");
    other.lines.get("l-1").quantity = 5;
    expect([openChangeOf(cart), openChangeOf(other)]).toEqual(["was changed in tags", "was changed in lines"]);
    noteStored(cart);
    expect(openChangeOf(cart)).toBeUndefined();
    cart.tags.push("b");
    expect(openChangeOf(cart)).toBe("was changed in tags");
  });

  it("is none where values were only read, and where none was looked at", () => {
    const cart = Cart.loaded();
    expect([...cart.tags, cart.lines.size, cart.since]).toEqual([1, null]);
    expect(openChangeOf(cart)).toBeUndefined();
  });

  it("is none of an event-sourced aggregate", () => {
    class Plain extends Aggregate({ tags: z.array(z.string()).default([]) }) {}
    aggregate({ eventSourced: true })(Plain);
    const plain = Plain.createNew();
    plain.tags.push("x");
    expect(openChangeOf(plain)).toBeUndefined();
  });
});
