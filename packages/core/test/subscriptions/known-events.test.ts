import type { RecordedMessage } from "../../src/ports/stored-message";
import { KnownEvents } from "../../src/subscriptions/reading/known-events";
import { orders } from "../process-managers/orders";

const { model, domainModel } = orders();
const known = new KnownEvents(domainModel.aggregates.values(), [model]);

function message(type: string, data: object = {}, category = model.category): RecordedMessage {
  const text = { data: JSON.stringify(data), metadata: '{"correlationId":"c"}' };
  return { ...text, id: "e-1", type, category, stream: `${category}-o-1`, position: 3, globalPosition: 7, time: 5 };
}

describe("what lies in the streams of a process manager", () => {
  it("is read as plain objects that nobody can change", () => {
    const fired = { name: "expiry", timerId: "t-1", dueAt: 9 };
    const { event, aggregateId, metadata } = known.shared(message(model.types.timerFired, fired));
    expect([event, aggregateId, metadata]).toEqual([fired, "o-1", { correlationId: "c" }]);
    expect(Object.isFrozen(event)).toBe(true);
    expect(known.typesIn([model.category]).toSorted()).toEqual(Object.values(model.types).toSorted());
    for (const type of Object.values(model.types)) {
      expect(known.isReadable(model.category, type)).toBe(true);
      expect(known.unknownError(message(type))).toBeUndefined();
    }
  });

  it("is told apart from the events of aggregates by its category", () => {
    expect(known.isReadable("shop::order", model.types.timerFired)).toBe(false);
    expect(known.isReadable(model.category, "Shop.Placed.v1")).toBe(false);
    const numbers = Object.values(model.types).map((type) => known.shared(message(type)).typeNumber);
    expect(new Set([...numbers, known.shared(message("Shop.Placed.v1", {}, "shop::order")).typeNumber]).size).toBe(4);
  });

  it("is refused where the code does not know its type", () => {
    expect(known.unknownError(message("Shop.ShippingMoved.v2"))?.message).toMatch(
      /"Shop\.ShippingMoved\.v2" at position 3 of stream "shop::shipping-o-1": Shipping knows that event up to version 1\. A newer version/,
    );
    expect(known.unknownError(message("Shop.Else.v1"))?.message).toMatch(/Shipping has no event of that type/);
  });
});
