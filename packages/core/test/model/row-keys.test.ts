import { z } from "zod";

import { Aggregate, apply, DomainEvent, identifier, on, Projection } from "../../src/index";
import { modelOf } from "./faults-of";

interface Moved {
  readonly from: string;
  readonly partners: readonly string[];
  readonly first?: unknown;
}

/** The reactions of a projection with the key `accountId` to an event that has no such field, and to one that has it. */
function reactions() {
  const { projections } = modelOf((domain) => {
    @domain.event({ partOf: "Account" })
    class AccountMoved extends DomainEvent({ from: z.string(), partners: z.array(z.string()), first: z.any() }) {}
    @domain.event({ partOf: "Account" })
    class Opened extends DomainEvent({ accountId: identifier() }) {}
    @domain.aggregate({ eventSourced: true })
    class Account extends Aggregate({}) {
      @apply(Opened)
      @apply(AccountMoved)
      changed(): void {}
    }
    @domain.projection({})
    class Summary extends Projection({ accountId: identifier() }) {
      @on(Opened, { creates: true })
      byKeyOfProjection(): void {}
      @on(AccountMoved)
      byAggregate(): void {}
      @on(AccountMoved, { key: "from" })
      byField(): void {}
      @on(AccountMoved, { key: (event) => event.partners })
      bySeveral(): void {}
      @on(AccountMoved, { key: (event) => event.first as string })
      byFunction(): void {}
    }
    return [Account, Summary];
  });
  const all = [...projections.values()].flatMap((model) => [...model.reactions.values()]).flat();
  return (method: string, event: Partial<Moved> | { accountId: string }) =>
    all.find(({ place }) => place === `Summary.${method}`)?.keysOf(event, "a-1");
}

const keys = reactions();

describe("the rows of an event", () => {
  it("are found by its field with the name of the projection's key", () => {
    expect(keys("byKeyOfProjection", { accountId: "a-7" })).toEqual(["a-7"]);
  });

  it("are found by the id of its aggregate where it has no such field", () => {
    expect(keys("byAggregate", { from: "a-8" })).toEqual(["a-1"]);
  });

  it("are found by the field that the method names", () => {
    expect(keys("byField", { from: "a-8" })).toEqual(["a-8"]);
  });

  it("are found by what a function gives: one, several, none, each once", () => {
    expect(keys("byFunction", { first: "a-9" })).toEqual(["a-9"]);
    expect(keys("bySeveral", { partners: ["b", "a", "b"] })).toEqual(["b", "a"]);
    expect(keys("bySeveral", { partners: [] })).toEqual([]);
  });

  it.each<[string, Partial<Moved>, string]>([
    ["byFunction", { first: 5 }, "the key of AccountMoved gives 5, and an id is a string, not number"],
    [
      "byFunction",
      { first: undefined },
      "the key of AccountMoved gives undefined, and an id is a string, not undefined",
    ],
    ["bySeveral", { partners: ["a", ""] }, 'the key of AccountMoved gives "", and an id has at least 1 character'],
    ["byField", { from: "a\0" }, 'the field "from" of AccountMoved gives "a\\u0000", and an id contains no NUL'],
  ])("are refused where %s finds no id in %j", (method, event, reason) => {
    expect(() => keys(method, event)).toThrow(
      `Summary.${method} cannot find its row: ${reason}; give @on a key that gives one id or a list of ids`,
    );
  });
});
