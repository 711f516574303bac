import { deepEqual, equal, rejects } from "node:assert/strict";

import type { ReplaceCheckpoints } from "@tidemark/core/adapter";

import { testRunner } from "../../test-runner";
import { range } from "../sample-events";
import type { StoreUnderTest } from "../store-under-test";
import { checkpoints, flush, lay, move, operationsOf } from "./sample-operations";

type Expected = ReplaceCheckpoints["expected"][number];

export function replacedCheckpoints(at: StoreUnderTest): void {
  const { it } = testRunner();

  const replace = (
    expected: readonly Expected[],
    places: readonly (readonly [bucket: number, position: number])[],
    subscription = "Accounts",
  ): ReplaceCheckpoints => ({
    kind: "replaceCheckpoints",
    subscription,
    expected,
    checkpoints: places.map(([bucket, position]) => ({ bucket, position })),
  });
  const stored = async (subscription?: string): Promise<[bucket: number, position: number, generation: number][]> =>
    (await checkpoints(at, subscription)).map(({ bucket, position, generation }) => [bucket, position, generation]);
  const checkpoint = (bucket: number, position: number, generation = 0): Expected => ({ bucket, position, generation });

  it("takes the place of all those of a subscription, under a generation above all of theirs", async () => {
    await lay(at, 5);
    await lay(at, 8, 1);
    await operationsOf(at).subscriptions.layCheckpoints([{ subscription: "Orders", bucket: 0, position: 3 }]);
    for (const _ of range(3)) await operationsOf(at).subscriptions.raiseGeneration("Accounts", 1);
    const places = range(12).map((bucket) => [bucket, 8] as const);
    await flush(at, replace([checkpoint(1, 8, 3), checkpoint(0, 5)], places));
    deepEqual(
      await stored(),
      places.map(([bucket, position]) => [bucket, position, 4]),
    );
    deepEqual(await stored("Orders"), [[0, 3, 0]]);
    await rejects(flush(at, move(8, 9, { bucket: 1, generation: 3 })), { code: "OPERATION_CONFLICT" });
    await flush(at, move(8, 9, { bucket: 1, generation: 4 }));
  });

  it("lays those of a subscription that is new, and removes those of one that ends", async () => {
    await flush(at, replace([], [[0, 7]]));
    deepEqual(await stored(), [[0, 7, 0]]);
    await flush(at, replace([checkpoint(0, 7)], []));
    deepEqual(await stored(), []);
    deepEqual([...(await operationsOf(at).subscriptions.subscriptions())], []);
    await flush(at, replace([], []));
  });

  it("moves them from one subscription to another in one transaction", async () => {
    await lay(at, 5);
    const moved = [replace([checkpoint(0, 5)], []), replace([], [[0, 5]], "NewAccounts")];
    await flush(at, ...moved);
    deepEqual([await stored(), await stored("NewAccounts")], [[], [[0, 5, 0]]]);
    await rejects(flush(at, ...moved), { code: "OPERATION_CONFLICT" });
    deepEqual([await stored(), await stored("NewAccounts")], [[], [[0, 5, 0]]]);
  });

  it("is refused unless the subscription has exactly those that were expected, saying what it has", async () => {
    await lay(at, 5);
    await lay(at, 8, 1);
    await rejects(flush(at, replace([checkpoint(0, 5)], [[0, 9]])), {
      name: "OperationConflictError",
      code: "OPERATION_CONFLICT",
      details: {
        subject: 'the checkpoints of subscription "Accounts"',
        expected: "bucket 0 at position 5 under generation 0",
        actual: "bucket 0 at position 5 under generation 0, bucket 1 at position 8 under generation 0",
      },
    });
    const refused: readonly (readonly Expected[])[] = [
      [],
      [checkpoint(0, 5), checkpoint(1, 9)],
      [checkpoint(0, 5), checkpoint(1, 8, 1)],
      [checkpoint(0, 5), checkpoint(2, 8)],
      [checkpoint(0, 5), checkpoint(1, 8), checkpoint(2, 0)],
    ];
    for (const expected of refused)
      await rejects(flush(at, replace(expected, [[0, 9]])), { code: "OPERATION_CONFLICT" }, JSON.stringify(expected));
    await rejects(flush(at, replace([checkpoint(0, 0)], [], "nobody")), {
      details: {
        subject: 'the checkpoints of subscription "nobody"',
        expected: "bucket 0 at position 0 under generation 0",
        actual: "none",
      },
    });
    deepEqual(await stored(), [
      [0, 5, 0],
      [1, 8, 0],
    ]);
  });

  it("leaves nobody the owner of them", async () => {
    await lay(at, 5);
    const { subscriptions } = operationsOf(at);
    const renew = async () => subscriptions.renew({ server: "a", leaseMs: 3_600_000, subscriptions: ["Accounts"] });
    await renew();
    await subscriptions.claim({ server: "a", subscription: "Accounts", limit: 1 });
    await flush(at, replace([checkpoint(0, 5, 1)], [[0, 5]]));
    const [share] = await renew();
    equal(share?.buckets[0]?.owner, undefined);
    const claimed = await subscriptions.claim({ server: "a", subscription: "Accounts", limit: 1 });
    deepEqual(
      Array.from(claimed, ({ generation }) => generation),
      [3],
    );
  });

  it("lets exactly one of 16 that do so at once replace them", async () => {
    await lay(at, 5);
    const outcomes = await Promise.allSettled(
      range(16).map((n) => flush(at, replace([checkpoint(0, 5)], [[0, 10 + n]]))),
    );
    const winners = range(16).filter((n) => outcomes[n]?.status === "fulfilled");
    deepEqual(
      await stored(),
      winners.map((n) => [0, 10 + n, 1]),
    );
    for (const outcome of outcomes)
      if (outcome.status === "rejected") equal(outcome.reason.code, "OPERATION_CONFLICT", String(outcome.reason));
  });
}
