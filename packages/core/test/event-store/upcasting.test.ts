import { z } from "zod";

import { Aggregate, apply, Domain, DomainEvent, MemoryEventStore, type Upcaster } from "../../src/index";
import { firstApplication, storedIn, thirdApplication } from "../fixtures/event-versions";

const NO_SNAPSHOTS = { snapshot_threshold: 0 };
const NEW_YEAR = new Date("2026-01-01T00:00:00.000Z");

/** An account with these deposits of the first version, opened by the third. */
async function upgraded(config: object, ...amounts: readonly number[]) {
  const eventStore = new MemoryEventStore();
  const first = await firstApplication({ eventStore, config: NO_SNAPSHOTS });
  await first.deposit("1", ...amounts);
  return { first, ...(await thirdApplication({ eventStore, config })) };
}

describe("events of earlier versions", () => {
  it("are folded as the present one, by way of each upcaster of their chain", async () => {
    const { domain, Account } = await upgraded(NO_SNAPSHOTS, 1.5, 2);
    const account = await domain.repositoryFor(Account).get("1");
    expect({ ...account, version: account.version }).toEqual({ cents: { EUR: 350n }, bookedOn: NEW_YEAR, version: 1 });
  });

  it("stay in the store as they are, and the present version is stored beside them", async () => {
    const { domain, Account, DepositMade } = await upgraded(NO_SNAPSHOTS, 1.5);
    const bookedOn = new Date("2026-05-05T00:00:00.000Z");
    await domain.repositoryFor(Account).update("1", (account) => {
      account.raise(new DepositMade({ cents: 7n, currency: "USD", bookedOn }));
    });
    expect(await storedIn(domain, "fidelis::account-1")).toEqual([
      ["Fidelis.MoneyDeposited.v1", { amount: 1.5 }],
      ["Fidelis.DepositMade.v3", { cents: "7", currency: "USD", bookedOn: "2026-05-05T00:00:00.000Z" }],
    ]);
    const account = await domain.repositoryFor(Account).get("1");
    expect({ ...account }).toEqual({ cents: { EUR: 150n, USD: 7n }, bookedOn });
  });

  it("begin in the middle of a chain, under any name the event had", async () => {
    const { domain, Account } = await upgraded(NO_SNAPSHOTS, 1);
    const data = { cents: "4", currency: "USD", bookedOn: "2026-02-02T00:00:00.000Z" };
    await domain.eventStore.append([
      {
        stream: "fidelis::account-1",
        expectedVersion: 0,
        events: [
          { type: "Fidelis.DepositMade.v1", data: { amount: 2 } },
          { type: "Fidelis.DepositMade.v2", data: { amount: 3, currency: "USD" } },
          { type: "Fidelis.MoneyDeposited.v2", data: { amount: 4, currency: "CHF" } },
          { type: "Fidelis.MoneyDeposited.v3", data },
        ],
      },
    ]);
    const account = await domain.repositoryFor(Account).get("1");
    expect(account.cents).toEqual({ EUR: 300n, USD: 304n, CHF: 400n });
    expect(account.version).toBe(4);
  });

  it("are upcast above a snapshot as below it", async () => {
    const { domain, Account, first } = await upgraded({ snapshots: { mode: "manual" } }, 1, 2);
    await domain.createSnapshot(Account, "1");
    await first.deposit("1", 4);
    const account = await domain.repositoryFor(Account).get("1");
    expect({ cents: account.cents, version: account.version }).toEqual({ cents: { EUR: 700n }, version: 2 });
    expect((await domain.snapshotsFor(Account).get("1"))?.version).toBe(1);
  });

  it("are upcast in earlier states", async () => {
    const { domain, Account } = await upgraded(NO_SNAPSHOTS, 1, 2, 4);
    const accounts = domain.repositoryFor(Account);
    expect((await accounts.get("1", { atVersion: 1 })).cents).toEqual({ EUR: 300n });
    expect((await accounts.get("1", { asOf: new Date() })).cents).toEqual({ EUR: 700n });
  });

  it("are upcast when snapshots are verified, and when they are rebuilt", async () => {
    const { domain, Account } = await upgraded({ snapshots: { mode: "manual" } }, 1, 2);
    const snapshot = await domain.createSnapshot(Account, "1", { rebuild: true });
    expect(snapshot.state).toEqual({ cents: { EUR: "300" }, bookedOn: NEW_YEAR.toISOString() });
    expect(await domain.snapshotsFor(Account).verify("1")).toMatchObject({ outcome: "equal", version: 1 });
  });

  it("are upcast in streams of many pages", async () => {
    const amounts = Array.from({ length: 1_201 }, (_, n) => n);
    const { domain, Account } = await upgraded(NO_SNAPSHOTS, ...amounts);
    const account = await domain.repositoryFor(Account).get("1");
    expect({ cents: account.cents, version: account.version }).toEqual({ cents: { EUR: 72_060_000n }, version: 1_200 });
  });
});

/** A basket whose version 2 events are made of the stored ones by this upcaster; what a load of it comes to. */
async function filledBy(upcast: Upcaster["upcast"], stored: object = { items: ["a"] }) {
  const domain = new Domain("shop", { root: "/", eventStore: new MemoryEventStore() });

  @domain.event({ partOf: "Basket", version: 2 })
  class Filled extends DomainEvent({
    items: z.array(z.string()).min(1),
    count: z.bigint(),
    note: z.string().default("none"),
  }) {}

  @domain.aggregate({ eventSourced: true })
  class Basket extends Aggregate({ items: z.array(z.string()).default([]), count: z.bigint().default(0n) }) {
    @apply(Filled)
    onFilled({ items, count }: Filled): void {
      this.items = items;
      this.items.push("more");
      this.count = count;
    }
  }

  @domain.upcaster({ event: Filled, from: 1, to: 2 })
  class Count {
    upcast(data: Record<string, any>) {
      return upcast(data);
    }
  }
  expect(Count).toBeDefined();
  await domain.init();
  const sound = { type: "Shop.Filled.v2", data: { items: ["s"], count: "1", note: "" } };
  const older = { type: "Shop.Filled.v1", data: stored };
  await domain.eventStore.append([{ stream: "shop::basket-1", events: [sound, older] }]);
  return { basket: () => domain.repositoryFor(Basket).get("1") };
}

const sound = { count: "2", note: "" };

describe("an upcaster", () => {
  it("that throws is named with the event, its stream and its position", async () => {
    const cause = new RangeError("no items");
    const { basket } = await filledBy(() => {
      throw cause;
    });
    await expect(basket()).rejects.toMatchObject({
      code: "DESERIALIZATION_FAILED",
      message:
        'Cannot read position 1 of stream "shop::basket-1": its event "Shop.Filled.v1" cannot be upcast: Count failed: no items',
      details: { type: "Shop.Filled.v1", stream: "shop::basket-1", position: 1 },
      type: "Shop.Filled.v1",
      cause,
    });
  });

  it.each([
    ["nothing", () => undefined, "Count returned undefined in the place of the event's data"],
    ["null", () => null, "Count returned null in the place of the event's data"],
    ["an array", () => [{}], "Count returned an array in the place of the event's data"],
    ["a text", () => "x", "Count returned x in the place of the event's data"],
    ["too little", () => ({ items: ["a"], note: "" }), "what Count returned does not fit Filled: count:"],
    ["a field of another type", () => ({ ...sound, items: "a" }), "what Count returned does not fit Filled: items:"],
    ["no default value", () => ({ items: ["a"], count: "2" }), "what Count returned does not fit Filled: note:"],
    ["a field too much", () => ({ ...sound, items: ["a"], old: 1 }), "what Count returned does not fit Filled: "],
    ["what the event forbids", () => ({ ...sound, items: [] }), "what Count returned does not fit Filled: items:"],
    [
      "no JSON",
      () => ({ ...sound, items: ["a"], count: 2n }),
      "what Count returned failed: Filled is not valid: count:",
    ],
    ["what cannot be decoded", () => ({ ...sound, items: ["a"], count: "two" }), "what Count returned failed: "],
  ])("that returns %s is an error", async (_, upcast, reason) => {
    const { basket } = await filledBy(upcast as never);
    await expect(basket()).rejects.toThrow(`"Shop.Filled.v1" cannot be upcast: ${reason}`);
  });

  it("may return parts that it shares, or what it froze: no state reaches into them", async () => {
    const shared = Object.freeze({ ...sound, items: ["shared"] });
    const { basket } = await filledBy(() => shared);
    expect((await basket()).items).toEqual(["shared", "more"]);
    expect((await basket()).items).toEqual(["shared", "more"]);
    expect(shared.items).toEqual(["shared"]);
  });

  it("may change the data that it is given: the store keeps its own", async () => {
    const { basket } = await filledBy((data) => {
      data.items.push("upcast");
      return Object.assign(data, sound);
    });
    expect([...(await basket()).items, ...(await basket()).items]).toEqual([
      ...["a", "upcast", "more"],
      ...["a", "upcast", "more"],
    ]);
  });
});
