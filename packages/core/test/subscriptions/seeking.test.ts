import { openShop, type Shop } from "./shop";

let shop: Shop;
afterEach(() => shop.domain.close());

const positions = async (subscription: string) =>
  (await shop.store.operations.subscriptions.checkpoints(subscription)).map(({ position }) => position);

/** Moves all checkpoints of the handler, as a server that handles events does. */
async function lay(...at: readonly number[]): Promise<void> {
  const { operations } = shop.store;
  const expected = await operations.subscriptions.checkpoints("Mail");
  const checkpoints = at.map((position, bucket) => ({ bucket, position }));
  await operations.flush([{ kind: "replaceCheckpoints", subscription: "Mail", expected, checkpoints }]);
}

describe("domain.seekSubscription()", () => {
  beforeEach(async () => {
    shop = await openShop();
    await shop.place("o-1", "o-2", "o-3");
    await shop.note("o-1");
  });

  it("moves all buckets forward", async () => {
    await lay(0, 2);
    expect(await shop.domain.seekSubscription("Mail", { to: "now" })).toEqual({ from: 0, to: 4 });
    expect(await positions("Mail")).toEqual([4, 4]);
    await shop.domain.seekSubscription("Mail", { to: 4 });
    expect(await positions("Mail")).toEqual([4, 4]);
  });

  it("goes back only where events may be handled again, and says how many", async () => {
    await lay(4, 2);
    await expect(shop.domain.seekSubscription("Mail", { to: 1 })).rejects.toMatchObject({
      code: "INCORRECT_USAGE",
      message: expect.stringMatching(
        /^Cannot move event handler Mail back to position 1: it would handle \d event\(s\) again, with all of their effects\. Give allowSideEffects: true \(on the command line --allow-side-effects\) where that is wanted$/,
      ),
    });
    expect(await positions("Mail")).toEqual([4, 2]);
    await shop.domain.seekSubscription("Mail", { to: 1, allowSideEffects: true });
    expect(await positions("Mail")).toEqual([1, 1]);
    await shop.domain.seekSubscription("Mail", { to: "beginning", allowSideEffects: true });
    expect(await positions("Mail")).toEqual([0, 0]);
  });

  it("goes back freely over events that are not for it", async () => {
    await lay(4, 4);
    await shop.domain.seekSubscription("Mail", { to: 3 });
    expect(await positions("Mail")).toEqual([3, 3]);
  });

  it("takes the buckets from servers that are at work: what they have in hand is not acknowledged", async () => {
    const { operations } = shop.store;
    await operations.subscriptions.renew({ server: "s-1", leaseMs: 60_000, subscriptions: ["Mail"] });
    const [held] = await operations.subscriptions.claim({ server: "s-1", subscription: "Mail", limit: 1 });
    await shop.domain.seekSubscription("Mail", { to: "now" });
    const { subscription, bucket, generation } = held!;
    const late = () => operations.flush([{ kind: "moveCheckpoint", subscription, bucket, from: 0, to: 1, generation }]);
    expect(late).toThrow(expect.objectContaining({ code: "OPERATION_CONFLICT" }));
    const [share] = await operations.subscriptions.shares(["Mail"]);
    expect(share).toMatchObject({ servers: ["s-1"] });
    expect(share?.buckets.map(({ owner }) => owner)).not.toContain("s-1");
  });

  it("removes what is noted of keys behind the place: their events are handled with the rest", async () => {
    await lay(4);
    const { operations } = shop.store;
    for (const [key, position] of [
      ["early", 1],
      ["late", 3],
    ] as const) {
      const parked = { subscription: "Mail", key, position, state: "parked", attempts: 6, data: "{}" } as const;
      await operations.flush([{ kind: "putParked", parked, expected: null }]);
    }
    await shop.domain.seekSubscription("Mail", { to: 2, allowSideEffects: true });
    expect((await operations.subscriptions.parked({})).map(({ key }) => key)).toEqual(["early"]);
  });

  it("refuses projections in either direction", async () => {
    for (const to of ["beginning", "now"] as const)
      await expect(shop.domain.seekSubscription("Orders", { to, allowSideEffects: true })).rejects.toThrow(
        "Cannot move projection Orders: its rows would no longer be those of its events. Rebuild it instead: " +
          "domain.rebuildProjection(…), or on the command line domain projection rebuild",
      );
  });

  it("refuses names and places that there are not", async () => {
    const seek = (name: string, to: number) => shop.domain.seekSubscription(name, { to });
    await expect(seek("Mial", 0)).rejects.toThrow(
      'Cannot move "Mial": there is no subscription of this name; did you mean "Mail"?',
    );
    await expect(seek("Mail", 5)).rejects.toThrow('Cannot move "Mail": position 5 is behind the end of the log, 4');
    await expect(seek("Mail", -1)).rejects.toThrow(
      'Cannot move "Mail": "to" takes "beginning", "now" or a global position, not -1',
    );
  });
});
