import { MemoryEventStore, type RecordedEvent } from "../../src/index";
import { firstApplication, thirdApplication } from "../fixtures/event-versions";

async function upgraded() {
  const eventStore = new MemoryEventStore();
  await (await firstApplication({ eventStore })).deposit("1", 1.5);
  const third = await thirdApplication({ eventStore });
  const recorded = (await third.domain.eventStore.readLast("fidelis::account-1")) as RecordedEvent;
  return { ...third, recorded };
}

describe("domain.eventFrom", () => {
  it("gives a stored event as an instance of its class, upcast and frozen, and leaves the record as it is", async () => {
    const { domain, DepositMade, recorded } = await upgraded();
    const event = domain.eventFrom(recorded);
    expect(event).toBeInstanceOf(DepositMade);
    expect({ ...event }).toEqual({ cents: 150n, currency: "EUR", bookedOn: new Date("2026-01-01T00:00:00.000Z") });
    expect(Object.isFrozen(event)).toBe(true);
    expect([recorded.type, recorded.data]).toEqual(["Fidelis.MoneyDeposited.v1", { amount: 1.5 }]);
    expect(domain.eventFrom(recorded)).toEqual(event);
  });

  it("gives nothing for what is no event of one of the domain's aggregates", async () => {
    const { domain, recorded } = await upgraded();
    expect(domain.eventFrom({ ...recorded, stream: "fidelis::account:fact-1" })).toBeUndefined();
    expect(domain.eventFrom({ ...recorded, stream: "other::account-1" })).toBeUndefined();
  });

  it("fails as a load does", async () => {
    const { domain, recorded } = await upgraded();
    expect(() => domain.eventFrom({ ...recorded, type: "Fidelis.Unheard.v1" })).toThrow(
      'Cannot fold event "Fidelis.Unheard.v1" at position 0 of stream "fidelis::account-1"',
    );
    expect(() => domain.eventFrom({ ...recorded, data: { amount: "much" } })).toThrow(
      'Cannot read position 0 of stream "fidelis::account-1": its event "Fidelis.MoneyDeposited.v1" cannot be upcast: ' +
        "what DepositsAreCents returned failed: Cannot convert NaN to a BigInt",
    );
  });
});
