import { bucketOf } from "../../src/ports/buckets";
import { openShop, type Shop } from "./shop";

let shop: Shop;
afterEach(() => shop.domain.close());

const statusOf = async (name: string) => (await shop.domain.subscriptions()).find((status) => status.name === name)!;

/** Puts other checkpoints in the place of those that were laid. */
async function lay(subscription: string, positions: readonly number[]): Promise<void> {
  const { operations } = shop.store;
  const expected = await operations.subscriptions.checkpoints(subscription);
  const checkpoints = positions.map((position, bucket) => ({ bucket, position }));
  await operations.flush([{ kind: "replaceCheckpoints", subscription, expected, checkpoints }]);
}

describe("domain.subscriptions()", () => {
  it("counts the events of its types behind the checkpoint, where no server runs", async () => {
    shop = await openShop();
    await shop.place("o-1", "o-2", "o-3");
    await shop.note("o-1");
    await lay("Mail", [1, 1]);
    expect(await statusOf("Mail")).toEqual({
      name: "Mail",
      subscription: "Mail",
      kind: "event handler",
      state: "idle",
      position: 1,
      lag: 2,
      isLagExact: true,
      lagSeconds: expect.any(Number),
      lane: "mail",
      parked: 0,
      waiting: 0,
      buckets: 2,
      owners: [],
    });
  });

  it("has no lag by events that are not for it", async () => {
    shop = await openShop();
    await shop.place("o-1");
    await shop.note("o-1");
    await lay("Mail", [1]);
    const { lag, lagSeconds } = await statusOf("Mail");
    expect({ lag, lagSeconds }).toEqual({ lag: 0, lagSeconds: undefined });
  });

  it("counts of the events between buckets only those of the buckets that are behind", async () => {
    shop = await openShop();
    const orders = Array.from({ length: 40 }, (_, index) => `o-${index}`);
    await shop.place(...orders);
    const end = 40;
    await lay("Mail", [10, end]);
    const left = orders.slice(10).filter((id) => bucketOf(`shop::order-${id}`, 2) === 0);
    expect(left.length).toBeGreaterThan(5);
    expect(await statusOf("Mail")).toMatchObject({ position: 10, lag: left.length, isLagExact: true });

    await shop.place("later");
    expect(await statusOf("Mail")).toMatchObject({ lag: left.length + 1, isLagExact: true });
  });

  it("names the servers that have its buckets, in whatever process, as long as they live", async () => {
    shop = await openShop();
    await lay("Mail", [0, 0, 0]);
    const { subscriptions } = shop.store.operations;
    await subscriptions.renew({ server: "s-1", leaseMs: 60_000, subscriptions: ["Mail"] });
    await subscriptions.renew({ server: "s-2", leaseMs: 60_000, subscriptions: ["Mail"] });
    await subscriptions.claim({ server: "s-1", subscription: "Mail", limit: 2 });
    await subscriptions.claim({ server: "s-2", subscription: "Mail", limit: 2 });
    expect(await statusOf("Mail")).toMatchObject({
      state: "running",
      owners: [
        { server: "s-1", buckets: 2 },
        { server: "s-2", buckets: 1 },
      ],
    });
    await subscriptions.leave("s-1");
    await subscriptions.leave("s-2");
    expect(await statusOf("Mail")).toMatchObject({ state: "idle", owners: [] });
  });

  it("counts the keys that are set aside, without events that were skipped", async () => {
    shop = await openShop();
    const { operations } = shop.store;
    const states = ["parked", "waiting", "waiting", "retry", "skipped"] as const;
    for (const [index, state] of states.entries()) {
      const parked = { subscription: "Mail", key: `k-${index}`, position: 1, state, attempts: 1, data: "{}" };
      await operations.flush([{ kind: "putParked", parked, expected: null }]);
    }
    expect(await statusOf("Mail")).toMatchObject({ parked: 2, waiting: 2 });
    expect(await statusOf("Orders")).toMatchObject({ parked: 0, waiting: 0 });
  });
});

describe("domain.pauseSubscription()", () => {
  it("is seen by every process on the store, until it is resumed", async () => {
    shop = await openShop();
    await shop.domain.pauseSubscription("Mail", { by: "ann", reason: "the mail server moves" });
    const other = await openShop({ store: shop.store });
    const [, mail] = await other.domain.subscriptions();
    expect(mail).toMatchObject({
      name: "Mail",
      state: "paused",
      pause: { at: expect.stringMatching(/Z$/), by: "ann", reason: "the mail server moves" },
    });
    expect(await other.domain.resumeSubscription("Mail")).toBe(true);
    expect(await other.domain.resumeSubscription("Mail")).toBe(false);
    expect(await statusOf("Mail")).toMatchObject({ state: "idle" });
  });

  it("refuses a name that no subscription has", async () => {
    shop = await openShop();
    await expect(shop.domain.pauseSubscription("Mial")).rejects.toThrow(
      'Cannot pause "Mial": there is no subscription of this name; did you mean "Mail"?',
    );
    await expect(shop.domain.resumeSubscription("Everything")).rejects.toThrow(
      'Cannot resume "Everything": there is no subscription of this name; there are "Orders", "Mail"',
    );
  });

  it("leaves to domain.toml what domain.toml pauses", async () => {
    shop = await openShop({ config: { subscriptions: { Mail: { paused: true } } } });
    expect(await statusOf("Mail")).toMatchObject({ state: "paused" });
    await expect(shop.domain.resumeSubscription("Mail")).rejects.toThrow(
      'Cannot resume "Mail": [subscriptions.Mail] of domain.toml pauses it; remove paused there',
    );
  });
});
