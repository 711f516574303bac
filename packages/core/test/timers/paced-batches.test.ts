import { PacedBatches } from "../../src/timers/paced-batches";

/** Subscriptions at positions that a test sets. */
function paced(positions: Record<string, number>) {
  return { positions, batches: new PacedBatches(async (subscription) => positions[subscription]) };
}

describe("batches of timers", () => {
  it("wait once two lie before a subscription, until it has consumed one", async () => {
    const { positions, batches } = paced({ Shipping: 0 });
    batches.add(new Map([["Shipping", 10]]));
    expect(await batches.areFew()).toBe(true);
    batches.add(new Map([["Shipping", 20]]));
    expect(await batches.areFew()).toBe(false);
    positions.Shipping = 9;
    expect(await batches.areFew()).toBe(false);
    positions.Shipping = 10;
    expect(await batches.areFew()).toBe(true);
    batches.add(new Map([["Shipping", 30]]));
    expect(await batches.areFew()).toBe(false);
    positions.Shipping = 30;
    expect(await batches.areFew()).toBe(true);
  });

  it("wait for all subscriptions that a batch has events for", async () => {
    const { positions, batches } = paced({ Shipping: 0, Billing: 0 });
    for (const position of [10, 20])
      batches.add(
        new Map([
          ["Shipping", position],
          ["Billing", position],
        ]),
      );
    positions.Shipping = 20;
    expect(await batches.areFew()).toBe(false);
    positions.Billing = 15;
    expect(await batches.areFew()).toBe(true);
  });

  it("wait for none that has no checkpoint", async () => {
    const { batches } = paced({});
    for (const position of [10, 20, 30]) batches.add(new Map([["Gone", position]]));
    expect(await batches.areFew()).toBe(true);
  });
});
