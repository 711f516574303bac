import { OperationConflictError } from "@tidemark/core";
import type { MoveCheckpoint, ReplaceCheckpoints } from "@tidemark/core/adapter";
import { PostgresEventStore } from "@tidemark/postgres";
import { CountingProxy } from "@tidemark/testing/postgres-server";

import { FreshDatabase } from "./server/fresh-database";

let database: FreshDatabase;
let proxy: CountingProxy;
let store: PostgresEventStore;

beforeAll(async () => {
  database = await FreshDatabase.create();
  proxy = await CountingProxy.before(database.url);
  store = new PostgresEventStore({ url: proxy.url });
});
afterEach(() => database.clear());
afterAll(async () => {
  await store?.close();
  await proxy?.close();
  await database?.drop();
});

const BUCKETS = Array.from({ length: 16 }, (_, bucket) => bucket);
const lay = (subscription: string, buckets: readonly number[], position = 0) =>
  store.operations.subscriptions.layCheckpoints(buckets.map((bucket) => ({ subscription, bucket, position })));
const placesOf = async (subscription: string) =>
  (await store.operations.subscriptions.checkpoints(subscription)).map(({ bucket, position, generation }) => [
    bucket,
    position,
    generation,
  ]);
const move = (bucket: number, from: number, to: number): MoveCheckpoint => ({
  ...{ kind: "moveCheckpoint", subscription: "S", bucket, from, to, generation: 0 },
});
const replace = (
  subscription: string,
  expected: readonly (readonly [number, number, number])[],
  buckets: readonly number[],
  position: number,
): ReplaceCheckpoints => ({
  kind: "replaceCheckpoints",
  subscription,
  expected: expected.map(([bucket, at, generation]) => ({ bucket, position: at, generation })),
  checkpoints: buckets.map((bucket) => ({ bucket, position })),
});
const flush = async (...operations: readonly (MoveCheckpoint | ReplaceCheckpoints)[]) =>
  store.operations.flush(operations);

describe("checkpoints of all buckets of a line", () => {
  it("move in one round trip", async () => {
    await lay("S", BUCKETS);
    const before = proxy.roundTrips;
    await flush(...BUCKETS.toReversed().map((bucket) => move(bucket, 0, 5 + bucket)));
    expect(proxy.roundTrips - before).toBe(1);
    expect(await placesOf("S")).toEqual(BUCKETS.map((bucket) => [bucket, 5 + bucket, 0]));
  });

  it("move all or none: the first that is elsewhere is named, with what is stored", async () => {
    await lay("S", BUCKETS);
    await flush(move(3, 0, 1), move(9, 0, 2));
    await expect(flush(...BUCKETS.map((bucket) => move(bucket, 0, 2)))).rejects.toMatchObject({
      details: { subject: 'checkpoint 3 of subscription "S"', actual: "position 1 under generation 0" },
    });
    await expect(flush(move(16, 0, 2), move(1, 0, 2), move(9, 2, 3))).rejects.toMatchObject({
      details: { subject: 'checkpoint 16 of subscription "S"', actual: "none" },
    });
    expect(await placesOf("S")).toEqual(BUCKETS.map((bucket) => [bucket, bucket === 3 ? 1 : bucket === 9 ? 2 : 0, 0]));
  });

  it("wait for each other in one direction, whatever order they are given in", async () => {
    await lay("S", BUCKETS);
    let moved = 0;
    const mover = async (order: readonly number[]) => {
      for (let n = 0; n < 20; n++) {
        const at = new Map(
          (await store.operations.subscriptions.checkpoints("S")).map(({ bucket, position }) => [bucket, position]),
        );
        await flush(...order.map((bucket) => move(bucket, at.get(bucket)!, at.get(bucket)! + 1))).then(
          () => moved++,
          (error: unknown) => expect(error).toBeInstanceOf(OperationConflictError),
        );
      }
    };
    await Promise.all([BUCKETS, BUCKETS.toReversed(), BUCKETS.slice(4), BUCKETS.slice(4).toReversed()].map(mover));
    expect(moved).toBeGreaterThanOrEqual(20);
    const positions = (await placesOf("S")).map(([, position]) => position!);
    expect(Math.max(...positions)).toBe(moved);
    const [{ deadlocks }] = await database.query(
      "SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()",
    );
    expect(deadlocks).toBe(0);
  });
});

describe("checkpoints that take the place of others", () => {
  it("belong to nobody, and have a generation that no former owner has", async () => {
    await lay("S", [0, 1], 7);
    await store.operations.subscriptions.renew({ server: "a", leaseMs: 60_000, subscriptions: ["S"] });
    await store.operations.subscriptions.claim({ server: "a", subscription: "S", limit: 1 });
    await flush(
      replace(
        "S",
        [
          [1, 7, 0],
          [0, 7, 1],
        ],
        BUCKETS,
        9,
      ),
    );
    const [share] = await store.operations.subscriptions.renew({ server: "a", leaseMs: 60_000, subscriptions: ["S"] });
    expect(share!.buckets).toEqual(
      BUCKETS.map((bucket) => ({ subscription: "S", bucket, position: 9, generation: 2 })),
    );
  });

  it("are put by one of many who do so at once, where there were some and where there were none", async () => {
    await lay("S", [0, 1, 2], 4);
    const outcomesOf = (operation: ReplaceCheckpoints) =>
      Promise.allSettled(Array.from({ length: 8 }, () => flush(operation)));
    const held = [0, 1, 2].map((bucket) => [bucket, 4, 0] as const);
    for (const operation of [replace("S", held, BUCKETS, 5), replace("new", [], [0, 1], 5)]) {
      const refused = (await outcomesOf(operation)).filter((outcome) => outcome.status === "rejected");
      expect(refused).toHaveLength(7);
      for (const { reason } of refused) {
        expect(reason).toBeInstanceOf(OperationConflictError);
        expect(reason).toMatchObject({
          details: { actual: expect.stringMatching(/^bucket 0 at position 5 under generation \d, bucket 1 /) },
        });
      }
    }
    expect(await placesOf("S")).toEqual(BUCKETS.map((bucket) => [bucket, 5, 1]));
    expect(await placesOf("new")).toEqual([
      [0, 5, 0],
      [1, 5, 0],
    ]);
  });

  it("pass from one subscription to another in one transaction", async () => {
    await lay("old", [0, 1], 4);
    const held = [0, 1].map((bucket) => [bucket, 4, 0] as const);
    await expect(flush(replace("old", held, [], 0), replace("new", [[0, 0, 0]], [0, 1], 4))).rejects.toMatchObject({
      details: { subject: 'the checkpoints of subscription "new"', actual: "none" },
    });
    await flush(replace("old", held, [], 0), replace("new", [], [0, 1], 4));
    expect(await store.operations.subscriptions.subscriptions()).toEqual(["new"]);
    await expect(flush({ ...move(0, 4, 5), subscription: "old" })).rejects.toMatchObject({
      details: { actual: "none" },
    });
  });

  it("meet a flush that moves one of them: either comes first, and the other is refused", async () => {
    for (let round = 0; round < 20; round++) {
      const subscription = `S-${round}`;
      await lay(subscription, [0, 1], 1);
      const expected = [0, 1].map((bucket) => [bucket, 1, 0] as const);
      const outcomes = await Promise.allSettled([
        flush(...[1, 0].map((bucket) => ({ ...move(bucket, 1, 2), subscription }))),
        flush(replace(subscription, expected, [0], 1)),
      ]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
      const isMoved = outcomes[0]!.status === "fulfilled";
      expect(await placesOf(subscription)).toEqual(
        isMoved
          ? [
              [0, 2, 0],
              [1, 2, 0],
            ]
          : [[0, 1, 1]],
      );
    }
  });
});
