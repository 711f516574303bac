import { inspect, isDeepStrictEqual } from "node:util";

import { EntityCollection, IncorrectUsageError, ObjectNotFoundError } from "../../src/index";
import { Limit, Money, Opened, Signatory } from "../fixtures/company-account";
import { messagesOf } from "../fixtures/messages-of";

const ann = () => new Signatory({ id: "a", name: "Ann" });
const bob = () => new Signatory({ id: "b", name: "Bob" });
const both = () => new EntityCollection(Signatory, [ann(), bob()]);

describe("a collection of entities", () => {
  it("keeps instances as they are, and makes instances of plain input", () => {
    const signatories = new EntityCollection(Signatory);
    const one = ann();
    expect(signatories.add(one)).toBe(one);
    expect(signatories.add({ id: "b", name: "Bob" })).toBeInstanceOf(Signatory);
    expect(signatories.map(({ name }) => name)).toEqual(["Ann", "Bob"]);
  });

  it("gives an id to plain input that has none", () => {
    const signatories = new EntityCollection(Signatory);
    const added = signatories.add({ name: "Ann" });
    expect(signatories.get(added.id)).toBe(added);
  });

  it("refuses what does not fit, and stays as it was", () => {
    const signatories = both();
    expect(messagesOf(() => signatories.add({ name: "" }))).toEqual({
      name: ["Too small: expected string to have >=1 characters"],
    });
    expect(messagesOf(() => signatories.add({ id: "a", name: "Amy" }))).toEqual({
      id: ['there is a Signatory "a" in the collection already'],
    });
    class Boss extends Signatory {}
    expect(messagesOf(() => signatories.add(new Boss({ id: "c", name: "Cy" })))).toEqual({
      id: ["is the id of a Boss, in a collection of Signatory"],
    });
    expect(signatories.toArray()).toEqual([ann(), bob()]);
  });

  it("finds by id, and by a condition", () => {
    const signatories = both();
    expect(signatories.get("b").name).toBe("Bob");
    expect(signatories.find("b")?.name).toBe("Bob");
    expect(signatories.find(({ name }) => name.startsWith("A"))?.id).toBe("a");
    expect([signatories.find("c"), signatories.find(() => false)]).toEqual([undefined, undefined]);
    expect([signatories.has("a"), signatories.has(bob()), signatories.has("c")]).toEqual([true, true, false]);
  });

  it("throws for an id that no entity has", () => {
    const signatories = both();
    const error = new ObjectNotFoundError({ aggregate: "Signatory", id: "c" });
    expect(() => signatories.get("c")).toThrow(error);
    expect(() => signatories.remove("c")).toThrow(error);
    expect(() => signatories.get("__proto__")).toThrow(ObjectNotFoundError);
  });

  it("removes by id or entity, and keeps the order of the others", () => {
    const signatories = both();
    signatories.add({ id: "c", name: "Cy" });
    expect(signatories.remove("b").name).toBe("Bob");
    signatories.remove(ann());
    signatories.add(ann());
    expect([...signatories].map(({ id }) => id)).toEqual(["c", "a"]);
    signatories.clear();
    expect(signatories.size).toBe(0);
  });

  it("is gone through like an array", () => {
    const signatories = both();
    expect(signatories.filter(({ id }) => id === "a")).toEqual([ann()]);
    expect(signatories.some(({ id }) => id === "a")).toBe(true);
    expect(signatories.every(({ id }) => id === "a")).toBe(false);
    expect(signatories.reduce((text, { name }) => text + name, "")).toBe("AnnBob");
    signatories.toArray().pop();
    expect(signatories.size).toBe(2);
  });

  it("reads well when it is printed, and is compared by what it holds", () => {
    expect(inspect(new EntityCollection(Limit, [new Limit({ id: "l", money: { currency: "EUR", amount: 1 } })]))).toBe(
      "EntityCollection(1) [\n  Limit {\n    id: 'l',\n    money: Money { currency: 'EUR', amount: 1 },\n    periods: []\n  }\n]",
    );
    expect(JSON.stringify(both())).toBe('[{"id":"a","name":"Ann","limits":[]},{"id":"b","name":"Bob","limits":[]}]');
    expect(isDeepStrictEqual(both(), both())).toBe(true);
    expect(isDeepStrictEqual(both(), new EntityCollection(Signatory, [ann()]))).toBe(false);
  });

  it("reads as well where the printer hands over no inspect, as Chai's does", () => {
    const printed = new EntityCollection(Limit) as unknown as Record<
      symbol,
      (depth: number, options: object) => string
    >;
    expect(printed[inspect.custom]?.(2, {})).toBe("EntityCollection(0) []");
  });

  it("copies an entity of a frozen event, so that it can be changed", () => {
    const money = new Money({ currency: "EUR", amount: 1 });
    const event = new Opened({ accountId: "1", deposit: money, signatories: [ann()] });
    const signatories = new EntityCollection(Signatory);
    const added = signatories.add(event.signatories.get("a"));
    added.rename("Amy");
    expect([added.name, event.signatories.get("a").name]).toEqual(["Amy", "Ann"]);
  });

  it("of an event cannot be changed", () => {
    const money = new Money({ currency: "EUR", amount: 1 });
    const { signatories } = new Opened({ accountId: "1", deposit: money, signatories: [ann()] });
    const refusal = (attempt: string) =>
      new IncorrectUsageError(
        `Cannot ${attempt} a collection of Signatory: it is read-only, as part of an event or of an earlier state`,
      );
    expect(() => signatories.add(bob())).toThrow(refusal("add to"));
    expect(() => signatories.remove("a")).toThrow(refusal("remove from"));
    expect(() => signatories.clear()).toThrow(refusal("clear"));
    expect(() => signatories.get("a").rename("Amy")).toThrow(TypeError);
    expect(() => signatories.get("a").limits.clear()).toThrow(refusal("clear").message.replace("Signatory", "Limit"));
  });
});
