import { z } from "zod";

import { Aggregate, apply, Domain, DomainEvent, MemoryEventStore } from "../../src/index";

/** A till that was filled, and what `skipEvents` says of the other events in its stream. */
async function tillWith(skipEvents: readonly string[], ...types: readonly string[]) {
  const domain = new Domain("shop", {
    root: "/",
    eventStore: new MemoryEventStore(),
    config: { snapshot_threshold: 0 },
  });

  @domain.event({ partOf: "Till", formerly: ["Stocked"] })
  class Filled extends DomainEvent({}) {}

  @domain.aggregate({ eventSourced: true, skipEvents })
  class Till extends Aggregate({ count: z.number().default(0) }) {
    @apply(Filled)
    onFilled(): void {
      this.count++;
    }
  }
  await domain.init();
  const events = types.map((type) => ({ type, data: { anything: [1] } }));
  if (events.length > 0) await domain.eventStore.append([{ stream: "shop::till-1", events }]);
  return { domain, Till, Filled, tills: domain.repositoryFor(Till) };
}

describe("skipped events", () => {
  it("leave no trace in the state, whatever their version, and count in the version", async () => {
    const types = ["Shop.Counted.v1", "Shop.Filled.v1", "Shop.Counted.v2", "Shop.Counted.v31"];
    const { tills, Filled } = await tillWith(["Counted"], ...types);
    await tills.update("1", (till) => till.raise(new Filled()));
    const till = await tills.get("1");
    expect({ ...till, version: till.version }).toEqual({ count: 2, version: 4 });
  });

  it("are no obstacle to snapshots and earlier states", async () => {
    const { domain, Till, tills } = await tillWith(["Counted"], "Shop.Filled.v1", "Shop.Counted.v1");
    expect((await domain.createSnapshot(Till, "1")).version).toBe(1);
    expect((await tills.get("1")).version).toBe(1);
    expect({ ...(await tills.get("1", { atVersion: 1 })) }).toEqual({ count: 1 });
    expect(await domain.snapshotsFor(Till).verify("1")).toMatchObject({ outcome: "equal" });
  });

  it("may be one stored type in full, of another system too", async () => {
    const { tills } = await tillWith(["Legacy.Counted", "Shop.Counted.v2"], "Legacy.Counted", "Shop.Counted.v2");
    expect((await tills.get("1")).version).toBe(1);
    const other = await tillWith(["Shop.Counted.v2"], "Shop.Counted.v1");
    await expect(other.tills.get("1")).rejects.toMatchObject({ code: "UNKNOWN_EVENT" });
  });

  it("cannot be the aggregate's own events, under any of their names", async () => {
    for (const own of ["Filled", "Stocked", "Shop.Filled.v1"]) {
      await expect(tillWith([own])).rejects.toMatchObject({
        faults: [expect.stringMatching(/^Till skips Shop\.(Filled|Stocked)\.v1, which it folds as its event Filled$/)],
      });
    }
  });
});

describe("an event that no class is declared for", () => {
  it("is an error that says how to go on", async () => {
    const { tills } = await tillWith(["Counted"], "Shop.Filled.v1", "Shop.Emptied.v1");
    await expect(tills.get("1")).rejects.toMatchObject({
      message:
        'Cannot fold event "Shop.Emptied.v1" at position 1 of stream "shop::till-1": Till has no event of that type. ' +
        'Declare and apply it, add its name to "formerly" of the event that replaced it, or to "skipEvents" of Till if its ' +
        "state does not need it",
      details: { type: "Shop.Emptied.v1", stream: "shop::till-1", position: 1, aggregate: "Till" },
    });
  });

  it("is an error that says to deploy a newer version when its own is newer", async () => {
    const { tills } = await tillWith([], "Shop.Stocked.v2");
    await expect(tills.get("1")).rejects.toThrow(
      "Till knows that event up to version 1. A newer version of the application wrote it: deploy that one",
    );
  });
});
