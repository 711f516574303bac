import { afterEvents, DomainEvent } from "../../../src/index";
import { context } from "./context";

class Submitted extends DomainEvent({}) {}
class SubmittedInHaste extends Submitted {}
class Cancelled extends DomainEvent({}) {}
class Noted extends DomainEvent({}) {}

describe("afterEvents", () => {
  const due = afterEvents(Submitted, Cancelled);

  it("is due when one of the events saved is of one of the classes, or derived from one", () => {
    const saves = [[new Noted(), new Cancelled()], [new SubmittedInHaste()], [new Noted()], []];
    expect(saves.map((events) => due(context({ events })))).toEqual([true, true, false, false]);
  });

  it("is not due on a load, which saves no events", () => {
    expect(due(context({ occasion: "load", events: [], replayed: 9 }))).toBe(false);
  });

  it("refuses no classes, and what is no class", () => {
    const untyped = afterEvents as (...events: unknown[]) => unknown;
    expect(() => untyped()).toThrow("afterEvents() takes at least one event class");
    expect(() => untyped("Submitted")).toThrow('afterEvents() takes event classes, found "Submitted"');
    expect(() => untyped(Submitted, undefined)).toThrow("afterEvents() takes event classes, found undefined");
  });
});
