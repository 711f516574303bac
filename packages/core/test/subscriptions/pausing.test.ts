import { setTimeout as pause } from "node:timers/promises";

import type { SubscriptionStatus } from "../../src/index";
import { openShop, type Shop } from "./shop";

let shops: Shop[];
let isOver: boolean;
beforeEach(() => {
  shops = [];
  isOver = false;
});
afterEach(async () => {
  isOver = true;
  await Promise.all(shops.map(({ domain }) => domain.close()));
});

async function open(parts: Parameters<typeof openShop>[0] = {}): Promise<Shop> {
  const shop = await openShop(parts);
  shops.push(shop);
  return shop;
}

/** Looks at a subscription until it is as expected. */
async function until({ domain }: Shop, isSo: (mail: SubscriptionStatus) => boolean): Promise<SubscriptionStatus> {
  for (;;) {
    if (isOver) throw new Error("the test has ended");
    const mail = (await domain.subscriptions()).find(({ name }) => name === "Mail")!;
    if (isSo(mail)) return mail;
    await pause(5);
  }
}

describe("a paused subscription", () => {
  it("gives its buckets back after what it has in hand, and goes on where it stood", async () => {
    let end = () => {};
    const begun: string[] = [];
    const held = new Promise<void>((resolve) => (end = resolve));
    const shop = await open({
      mail: async (orderId) => {
        begun.push(orderId);
        await held;
      },
    });
    await using _server = await shop.domain.serve();
    await shop.place("o-1");
    await until(shop, () => begun.length === 1);
    await shop.domain.pauseSubscription("Mail");
    end();
    expect(await until(shop, ({ owners }) => owners.length === 0)).toMatchObject({ state: "paused", lag: 0 });
    expect(shop.mailed).toEqual(["o-1"]);

    await shop.place("o-2");
    expect(await until(shop, () => true)).toMatchObject({ state: "paused", lag: 1 });
    expect(await shop.domain.resumeSubscription("Mail")).toBe(true);
    await until(shop, ({ lag }) => lag === 0);
    expect(shop.mailed).toEqual(["o-1", "o-2"]);
  });

  it("is let go by the servers of other processes too, and taken up again", async () => {
    const shop = await open();
    const operator = await open({ store: shop.store });
    await using _server = await shop.domain.serve();
    await until(shop, ({ owners }) => owners.length === 1);
    await operator.domain.pauseSubscription("Mail");
    await until(operator, ({ owners }) => owners.length === 0);
    await shop.place("o-1");
    expect(await until(operator, () => true)).toMatchObject({ state: "paused", lag: 1 });
    await operator.domain.resumeSubscription("Mail");
    await until(operator, ({ lag }) => lag === 0);
    expect(shop.mailed).toEqual(["o-1"]);
  });

  it("is not waited for by a process that does not run it", async () => {
    const shop = await open();
    const operator = await open({ store: shop.store });
    await using _server = await shop.domain.serve();
    await operator.domain.pauseSubscription("Orders");
    await expect(operator.placeAndSee("o-1")).rejects.toMatchObject({ code: "WAIT_FAILED", reason: "paused" });
    await operator.domain.resumeSubscription("Orders");
    await shop.placeAndSee("o-2");
  });

  it("stays paused for a server that starts, and for catchUp", async () => {
    const shop = await open();
    await shop.domain.pauseSubscription("Mail");
    await shop.place("o-1");
    await shop.domain.catchUp();
    await using _server = await shop.domain.serve();
    const [orders, mail] = await shop.domain.subscriptions();
    expect([orders?.lag, mail?.state, mail?.lag]).toEqual([0, "paused", 1]);
    expect(shop.mailed).toEqual([]);
    await shop.domain.resumeSubscription("Mail");
    await until(shop, ({ lag }) => lag === 0);
  });

  it("is moved while servers run, and goes on from there", async () => {
    const shop = await open();
    await shop.place("o-1", "o-2");
    await using _server = await shop.domain.serve();
    await until(shop, ({ lag }) => lag === 0);
    await shop.domain.seekSubscription("Mail", { to: "beginning", allowSideEffects: true });
    await until(shop, ({ lag }) => lag === 0);
    expect([...shop.mailed].sort()).toEqual(["o-1", "o-1", "o-2", "o-2"]);
  });
});

describe("a halted subscription", () => {
  const refusing = { subscriptions: { Mail: { on_failure: "halt" as const } } };

  it("is told to every process, and stops on all servers until it is resumed", async () => {
    let isDown = true;
    const mail = () => {
      if (isDown) throw new Error("550");
    };
    const shop = await open({ mail, config: refusing });
    const other = await open({ store: shop.store, mail, config: refusing });
    await using _one = await shop.domain.serve();
    await using _two = await other.domain.serve();
    await shop.place("o-1");
    const operator = await open({ store: shop.store, config: refusing });
    const halted = await until(operator, ({ state, owners }) => state === "stopped" && owners.length === 0);
    expect(halted).toMatchObject({
      lag: 1,
      error: { message: expect.stringMatching(/^Event handler Mail has stopped: .* 550/) },
    });
    isDown = false;
    expect(await operator.domain.resumeSubscription("Mail")).toBe(true);
    expect(await until(operator, ({ lag }) => lag === 0)).toMatchObject({ state: "running" });
    expect([...shop.mailed, ...other.mailed]).toEqual(["o-1"]);
  });

  it("is tried again by the next server that starts", async () => {
    let isDown = true;
    const mail = () => {
      if (isDown) throw new Error("550");
    };
    const shop = await open({ mail, config: refusing });
    await shop.place("o-1");
    const first = await shop.domain.serve();
    await until(shop, ({ state }) => state === "stopped");
    await first.close();
    const next = await open({ store: shop.store, mail, config: refusing });
    expect(await until(next, () => true)).toMatchObject({ state: "stopped" });
    isDown = false;
    await using _server = await next.domain.serve();
    expect(await until(next, ({ lag }) => lag === 0)).not.toHaveProperty("error");
    expect(next.mailed).toEqual(["o-1"]);
  });
});
