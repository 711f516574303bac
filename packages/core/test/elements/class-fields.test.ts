import { z } from "zod";

import {
  Aggregate,
  apply,
  Command,
  Domain,
  DomainEvent,
  Entity,
  hasMany,
  IncorrectUsageError,
  ValueObject,
} from "../../src/index";
import { faultsOf } from "../model/faults-of";

/** A subclass as JavaScript has it, whose class fields are defined and not assigned. */
function extending<C>(base: C, name: string, body: string): C {
  return new Function("Base", `return class ${name} extends Base { ${body} };`)(base) as C;
}

const SHAPE = { amount: z.number().default(5) };
const ONCE_MORE =
  'declares the field "amount" of its shape once more, which overwrites its value; leave the line out, or write "declare" before it';

describe("a field of the shape that the class declares once more", () => {
  it.each([
    ["event", extending(DomainEvent(SHAPE), "Paid", "amount;")],
    ["event with a value", extending(DomainEvent(SHAPE), "Paid", "amount = 7;")],
    ["command", extending(Command(SHAPE), "Paid", "amount;")],
    ["value object", extending(ValueObject(SHAPE), "Paid", "amount;")],
    ["entity", extending(Entity(SHAPE), "Paid", "amount;")],
    ["entity with a value", extending(Entity(SHAPE), "Paid", "amount = 7;")],
  ])("of an %s is refused with the first instance, and with each one after it", (_, Paid) => {
    for (let attempt = 0; attempt < 2; attempt++) {
      expect(() => new Paid({ amount: 1 })).toThrow(IncorrectUsageError);
      expect(() => new Paid({ amount: 1 })).toThrow(`Paid ${ONCE_MORE}`);
    }
  });

  it("is a fault of init() for every kind of element", async () => {
    const faults = await faultsOf((domain) => {
      const Line = extending(Entity(SHAPE), "Line", "amount;");
      const Money = extending(ValueObject(SHAPE), "Money", "amount;");
      const Paid = extending(DomainEvent(SHAPE), "Paid", "amount;");
      const Pay = extending(Command(SHAPE), "Pay", "amount;");
      const Order = extending(
        Aggregate({ ...SHAPE, holder: z.string(), lines: hasMany(Line) }),
        "Order",
        "amount; holder;",
      );
      const fold = { onPaid(): void {} };
      apply(Paid)(fold, "onPaid", Object.getOwnPropertyDescriptor(fold, "onPaid")!);
      domain.entity({ partOf: "Order" })(Line);
      domain.valueObject({ partOf: "Order" })(Money);
      domain.event({ partOf: "Order" })(Paid);
      domain.command({ partOf: "Order" })(Pay);
      domain.aggregate({ eventSourced: true })(Order);
    });
    for (const name of ["Line", "Money", "Paid", "Pay", "Order"]) expect(faults).toContain(`${name} ${ONCE_MORE}`);
    // Without a default nothing is lost.
    expect(faults.filter((fault) => fault.includes('"holder"'))).toEqual([]);
  });

  it("does no harm with declare, or where class fields are only types", async () => {
    class Paid extends DomainEvent(SHAPE) {
      declare readonly amount: number;
    }
    class Line extends Entity(SHAPE) {
      declare amount: number;
    }
    expect([new Paid({ amount: 1 }).amount, new Line({ amount: 2 }).amount, new Paid().amount]).toEqual([1, 2, 5]);
    expect(await faultsOf((domain) => void domain.entity({ partOf: "Order" })(Line))).not.toContain(
      `Line ${ONCE_MORE}`,
    );
  });
});

describe("a field outside of the shape", () => {
  it.each([
    ["event", extending(DomainEvent(SHAPE), "Paid", "note = 1;"), "DomainEvent({…}) or Command({…})"],
    ["command", extending(Command(SHAPE), "Paid", "note = 1;"), "DomainEvent({…}) or Command({…})"],
    ["value object", extending(ValueObject(SHAPE), "Paid", "note = 1;"), "ValueObject({…})"],
  ])("of an %s is refused with the first instance", (_, Paid, written) => {
    expect(() => new Paid()).toThrow(
      `Paid has the field "note" outside of its shape, so it is never stored; declare it in ${written}`,
    );
  });

  it("of an event is a fault of init()", async () => {
    const faults = await faultsOf((domain) => {
      domain.event({ partOf: "Order" })(extending(DomainEvent(SHAPE), "Paid", "note = 1;"));
    });
    expect(faults).toContain(
      'Paid has the field "note" outside of its shape, so it is never stored; declare it in DomainEvent({…})',
    );
  });
});

describe("a class with a constructor of its own", () => {
  class Period extends ValueObject({ from: z.number(), to: z.number() }) {
    constructor({ from, days }: { from: number; days: number }) {
      super({ from, to: from + days });
    }
  }

  it("may need values", () => {
    expect(new Period({ from: 1, days: 2 })).toEqual({ from: 1, to: 3 });
  });

  it("may make other instances while its own fields are looked at", () => {
    class Money extends ValueObject({ cents: z.number() }) {}
    class Paid extends DomainEvent({ cents: z.number() }) {
      constructor(values: { cents: number } = { cents: 1 }) {
        super({ cents: new Money(values).cents });
      }
    }
    expect(new Paid({ cents: 7 }).cents).toBe(7);
    expect(new Money({ cents: 8 }).cents).toBe(8);
    expect(new Domain("shop").events.size).toBe(0);
  });
});
