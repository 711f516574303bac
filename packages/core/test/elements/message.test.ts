import { z } from "zod";
import { CommandRoot } from "../../src/elements/command";
import { DomainEventRoot } from "../../src/elements/domain-event";
import { Command, DomainEvent, IncorrectUsageError, ValidationError } from "../../src/index";

class Deposited extends DomainEvent({
  amount: z.number(),
  reference: z.string().optional(),
  tags: z.array(z.string()).default([]),
}) {
  get cents(): number {
    return this.amount * 100;
  }
}

describe("an event", () => {
  it("has its fields and its class's own methods", () => {
    const event = new Deposited({ amount: 5 });
    expect({ ...event, cents: event.cents }).toEqual({ amount: 5, tags: [], cents: 500 });
    expect(event).toBeInstanceOf(DomainEventRoot);
  });

  it("is frozen at every depth", () => {
    const event = new Deposited({ amount: 5, tags: ["a"] });
    expect(() => Object.assign(event, { amount: 6 })).toThrow(TypeError);
    expect(() => (event.tags as string[]).push("b")).toThrow(TypeError);
    expect({ ...event }).toEqual({ amount: 5, tags: ["a"] });
  });

  it("refuses wrong values by their names, and says of which event", () => {
    const wrong = { amount: "5", refrence: "x" } as unknown as { amount: number };
    expect(() => new Deposited(wrong)).toThrow(ValidationError);
    expect(() => new Deposited(wrong)).toThrow(
      "Deposited is not valid: amount: Invalid input: expected number, received string; refrence: is not a field of the shape",
    );
  });

  it("needs no values where every field may be left out", () => {
    class Closed extends DomainEvent({ reason: z.string().default("none") }) {}
    expect(new Closed().reason).toBe("none");
  });

  it("takes another event of its class as values", () => {
    const event = new Deposited({ amount: 5 });
    expect(new Deposited({ ...event, amount: 6 }).amount).toBe(6);
  });

  it("needs a shape", () => {
    class Shapeless extends (DomainEventRoot as unknown as new () => DomainEventRoot) {}
    expect(() => new Shapeless()).toThrow(
      new IncorrectUsageError("Shapeless has no shape: extend DomainEvent({…}) or Command({…})"),
    );
  });
});

describe("a command", () => {
  it("is like an event, but none", () => {
    class Deposit extends Command({ amount: z.number() }) {}
    const command = new Deposit({ amount: 5 });
    expect(command).toBeInstanceOf(CommandRoot);
    expect(command).not.toBeInstanceOf(DomainEventRoot);
    expect(Object.isFrozen(command)).toBe(true);
  });
});

it("a field may be called toJSON", () => {
  class Printed extends DomainEvent({ toJSON: z.string() }) {}
  expect(JSON.stringify(new Printed({ toJSON: "yes" }))).toBe('{"toJSON":"yes"}');
});
