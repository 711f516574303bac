import { inspect } from "node:util";
import { z } from "zod";

import { Entity, hasOne, invariant, ValidationError, ValueObject, valueObject } from "../../src/index";
import { Money, Period } from "../fixtures/company-account";
import { messagesOf } from "../fixtures/messages-of";

class Price extends ValueObject({
  net: valueObject(Money),
  tax: valueObject(Money).optional(),
  note: z.string().optional(),
}) {
  @invariant.post
  isInOneCurrency(): void {
    if (this.tax !== undefined && this.tax.currency !== this.net.currency)
      throw new ValidationError({ tax: ["is in another currency"] });
  }
}

const eur = (amount: number) => new Money({ currency: "EUR", amount });

describe("a value object", () => {
  it("is checked against its shape", () => {
    expect(messagesOf(() => new Money({ currency: "GBP" as "EUR", amount: 1 }))).toEqual({
      currency: ['Invalid option: expected one of "EUR"|"USD"'],
    });
  });

  it("is checked against its invariants", () => {
    expect(messagesOf(() => eur(-1))).toEqual({ amount: ["is negative"] });
  });

  it("is frozen at any depth and shares nothing with its input", () => {
    const input = { from: new Date(1), tags: ["a"] };
    const period = new Period(input);
    input.tags.push("b");
    input.from.setTime(2);
    expect(period.toJSON()).toEqual({ from: new Date(1), tags: ["a"] });
    expect([Object.isFrozen(period), Object.isFrozen(period.tags)]).toEqual([true, true]);
  });

  it("makes instances of nested values and reports their faults by path", () => {
    expect(new Price({ net: { currency: "EUR", amount: 5 } }).net.text).toBe("5 EUR");
    expect(messagesOf(() => new Price({ net: { currency: "EUR", amount: -5 } }))).toEqual({
      "net.amount": ["is negative"],
    });
    expect(messagesOf(() => new Price({ net: { currency: "EUR" } as Money }))).toEqual({
      "net.amount": ["Invalid input: expected number, received undefined"],
    });
    expect(messagesOf(() => new Price({ net: { currency: "EUR", amount: Number.NaN } }))).toEqual({
      "net.amount": ["Invalid input: expected number, received NaN"],
    });
  });

  it.each([
    ["an instance of another class", new Period({ from: new Date(), tags: [] }), "Period"],
    ["an instance of a subclass", new (class Cash extends Money {})({ currency: "EUR", amount: 1 }), "Cash"],
    ["a string", "5 EUR", "string"],
    ["null", null, "null"],
  ])("takes no %s for a nested one", (_, net, found) => {
    expect(messagesOf(() => new Price({ net: net as Money }))).toEqual({
      net: [`Invalid input: expected Money, received ${found}`],
    });
  });

  it("equals another one of its class with the same values, at any depth", () => {
    expect(eur(5).equals(eur(5))).toBe(true);
    expect(eur(0).equals(eur(-0))).toBe(true);
    expect(eur(5).equals(eur(6))).toBe(false);
    expect(eur(5).equals({ currency: "EUR", amount: 5 })).toBe(false);
    expect(eur(5).equals(undefined)).toBe(false);
    const period = (at: number, tags: string[]) => new Period({ from: new Date(at), tags });
    expect(period(1, ["a"]).equals(period(1, ["a"]))).toBe(true);
    expect(period(1, ["a"]).equals(period(2, ["a"]))).toBe(false);
    expect(period(1, ["a"]).equals(period(1, ["a", "b"]))).toBe(false);
    expect(new Price({ net: eur(1) }).equals(new Price({ net: eur(1) }))).toBe(true);
    expect(new Price({ net: eur(1) }).equals(new Price({ net: eur(1), tax: eur(1) }))).toBe(false);
  });

  it("gives changed copies, which are checked", () => {
    const price = new Price({ net: eur(1), tax: eur(2), note: "x" });
    const changed = price.with({ net: { currency: "EUR", amount: 3 }, note: undefined });
    expect(changed).toBeInstanceOf(Price);
    expect(changed.toJSON()).toEqual({ net: eur(3), tax: eur(2) });
    expect(Object.keys(changed)).toEqual(["net", "tax"]);
    expect([price.net.amount, Object.isFrozen(changed)]).toEqual([1, true]);
    expect(messagesOf(() => price.with({ net: { currency: "USD", amount: 1 } }))).toEqual({
      tax: ["is in another currency"],
    });
    expect(messagesOf(() => price.with({ nett: eur(1) } as object))).toEqual({ nett: ["is not a field of the shape"] });
    expect(messagesOf(() => price.with({ net: undefined as never }))).toEqual({
      net: ["Invalid input: expected Money, received undefined"],
    });
  });

  it("keeps a converted value when others change", () => {
    class Length extends ValueObject({ cm: z.string().transform(Number), label: z.string().default("") }) {}
    expect(new Length({ cm: "5" }).with({ label: "wide" }).toJSON()).toEqual({ cm: 5, label: "wide" });
  });

  it("may take other arguments in its own constructor", () => {
    class Point extends ValueObject({ x: z.number(), y: z.number() }) {
      constructor(x: number, y: number) {
        super({ x, y });
      }
    }
    class Line extends ValueObject({ from: valueObject(Point), to: valueObject(Point) }) {}
    const line = new Line({ from: new Point(1, 2), to: new Point(3, 4).with({ y: 5 }) });
    expect(line.to.equals(new Point(3, 5))).toBe(true);
  });

  it("reads well when it is printed", () => {
    expect(inspect(eur(5))).toBe("Money { currency: 'EUR', amount: 5 }");
    expect(JSON.stringify({ price: new Price({ net: eur(5) }) })).toBe(
      '{"price":{"net":{"currency":"EUR","amount":5}}}',
    );
  });

  it("cannot hold an entity, nor a field with a name of its own methods", () => {
    class Address extends Entity({ city: z.string() }) {}
    expect(() => ValueObject({ address: hasOne(Address) })).toThrow(
      'field "address": a value object never changes, so it cannot hold the entity Address',
    );
    expect(() => ValueObject({ equals: z.string() })).toThrow('field "equals": the name is taken');
  });
});
