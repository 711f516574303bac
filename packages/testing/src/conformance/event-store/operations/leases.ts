import { deepEqual, equal, rejects } from "node:assert/strict";

import type { BucketClaim, Checkpoint, EventStoreAdapter, OwnedCheckpoint } from "@tidemark/core/adapter";
import { pause } from "@tidemark/core/adapter";

import { testRunner } from "../../test-runner";
import { range } from "../sample-events";
import type { StoreUnderTest } from "../store-under-test";
import { checkpoints, flush, move, operationsOf } from "./sample-operations";
import { withShiftedClock } from "./shifted-clock";

/** A lease that outlives every test. */
const LONG_MS = 3_600_000;
/** The time of a server that is killed at once. */
const SHORT_MS = 1;
const HOUR_MS = 3_600_000;
const CLAIMANTS = range(8).map((n) => `server-${n}`);

export function leases(at: StoreUnderTest): void {
  const { it } = testRunner();

  const subscriptionsOf = (adapter: EventStoreAdapter) => {
    const { subscriptions } = adapter.operations ?? operationsOf(at);
    return subscriptions;
  };
  const lay = async (buckets = 4, subscription = "Accounts", position = 0): Promise<void> =>
    operationsOf(at).subscriptions.layCheckpoints(range(buckets).map((bucket) => ({ subscription, bucket, position })));
  const renew = async (
    server: string,
    { leaseMs = LONG_MS, subscriptions = ["Accounts"], adapter = at.adapter } = {},
  ) => {
    const shares = await subscriptionsOf(adapter).renew({ server, leaseMs, subscriptions });
    return Array.from(shares, (share) => ({
      ...share,
      servers: [...share.servers],
      buckets: Array.from(share.buckets, plain),
    }));
  };
  const claim = async (
    server: string,
    more: Partial<BucketClaim> = {},
    adapter = at.adapter,
  ): Promise<Checkpoint[]> => {
    const claimed = await subscriptionsOf(adapter).claim({ server, subscription: "Accounts", limit: 99, ...more });
    return Array.from(claimed, (each) => ({ ...each }));
  };
  const bucketsOf = (claimed: readonly Checkpoint[]): number[] => claimed.map(({ bucket }) => bucket);
  const release = async (server: string, ...buckets: number[]): Promise<void> =>
    operationsOf(at).subscriptions.release(server, "Accounts", buckets);
  const leave = async (server: string): Promise<void> => operationsOf(at).subscriptions.leave(server);
  /** The owner of each bucket, as a server that looks on is told. */
  const owners = async (): Promise<(string | undefined)[]> => {
    const [share] = await renew("onlooker", { subscriptions: ["Accounts"] });
    return share!.buckets.map(({ owner }) => owner);
  };
  /** Waits for the end of a short lease. */
  const dead = async (server: string): Promise<void> => {
    for (;;) {
      const [share] = await renew("onlooker");
      if (!share!.servers.includes(server)) return;
      await pause(1);
    }
  };
  /** The store, and the same store as another process has it where it is shared. */
  const connections = async (): Promise<readonly EventStoreAdapter[]> =>
    at.conformance.abilities.sharedByProcesses ? [at.adapter, await at.another()] : [at.adapter];

  it("tell how each subscription asked for is shared, in that order, servers by name and buckets by number", async () => {
    await lay(2, "Accounts", 7);
    await lay(1, "Orders");
    await renew("b", { subscriptions: ["Orders"] });
    await renew("B");
    await renew("\u{1f600}");
    await renew("\ufb01");
    await claim("b", { subscription: "Orders" });
    await claim("B", { buckets: [1] });
    deepEqual(await renew("a", { subscriptions: ["Orders", "nobody", "Accounts"] }), [
      {
        subscription: "Orders",
        servers: ["a", "b"],
        buckets: [{ subscription: "Orders", bucket: 0, position: 0, generation: 1, owner: "b" }],
      },
      { subscription: "nobody", servers: ["a"], buckets: [] },
      {
        subscription: "Accounts",
        servers: ["B", "a", "\ufb01", "\u{1f600}"],
        buckets: [
          { subscription: "Accounts", bucket: 0, position: 7, generation: 0 },
          { subscription: "Accounts", bucket: 1, position: 7, generation: 1, owner: "B" },
        ],
      },
    ]);
    deepEqual(await renew("a", { subscriptions: [] }), []);
  });

  it("give the lowest free buckets, at most as many as asked for, each under a generation one higher", async () => {
    await lay(12, "Accounts", 5);
    await renew("a");
    deepEqual(
      await claim("a", { limit: 2 }),
      [0, 1].map((bucket) => ({ subscription: "Accounts", bucket, position: 5, generation: 1 })),
    );
    deepEqual(await claim("a", { limit: 0 }), []);
    deepEqual(bucketsOf(await claim("a", { limit: 9, buckets: [11, 1, 3] })), [3, 11]);
    deepEqual(bucketsOf(await claim("a", { limit: 1 })), [2]);
    deepEqual(await claim("a", { subscription: "nobody" }), []);
    deepEqual(
      (await checkpoints(at)).map(({ generation }) => generation),
      [1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1],
    );
  });

  it("never hand out what a server alive has, whoever asks and however often", async () => {
    await lay();
    await renew("a");
    equal((await claim("a")).length, 4);
    await Promise.all(CLAIMANTS.map((server) => renew(server)));
    const claimed = await Promise.all(range(4).flatMap(() => CLAIMANTS.map((server) => claim(server))));
    deepEqual(claimed.flat(), []);
    await renew("a");
    deepEqual(await claim("a"), []);
    deepEqual(await owners(), ["a", "a", "a", "a"]);
    deepEqual(
      (await checkpoints(at)).map(({ generation }) => generation),
      [1, 1, 1, 1],
    );
  });

  it("give each free bucket to exactly one of eight that claim at the same time", async () => {
    await lay(16);
    const adapters = await connections();
    await Promise.all(CLAIMANTS.map((server) => renew(server)));
    const claimed = await Promise.all(
      CLAIMANTS.map((server, n) => claim(server, { limit: 16 }, adapters[n % adapters.length])),
    );
    const left = await claim(CLAIMANTS[0]!);
    deepEqual(
      bucketsOf([...claimed.flat(), ...left]).sort((a, b) => a - b),
      range(16),
    );
    deepEqual(new Set((await checkpoints(at)).map(({ generation }) => generation)), new Set([1]));
    const found = await owners();
    for (const [n, server] of CLAIMANTS.entries())
      for (const { bucket } of claimed[n]!) equal(found[bucket], server, `bucket ${bucket}`);
  });

  it("give the bucket of a server that died to exactly one of eight", async () => {
    await lay(1);
    await renew("killed");
    await claim("killed");
    await flush(at, move(0, 6, { generation: 1 }));
    await renew("killed", { leaseMs: SHORT_MS });
    await dead("killed");
    const adapters = await connections();
    await Promise.all(CLAIMANTS.map((server) => renew(server)));
    const claimed = await Promise.all(CLAIMANTS.map((server, n) => claim(server, {}, adapters[n % adapters.length])));
    deepEqual(claimed.flat(), [{ subscription: "Accounts", bucket: 0, position: 6, generation: 2 }]);
    deepEqual(await owners(), [CLAIMANTS[claimed.findIndex(({ length }) => length === 1)]]);
    await rejects(flush(at, move(6, 9, { generation: 1 })), { code: "OPERATION_CONFLICT" });
    await flush(at, move(6, 9, { generation: 2 }));
  });

  it("keep a server that renews in time alive, however often, and its buckets with it", async () => {
    await lay();
    await renew("a");
    await claim("a", { limit: 3 });
    for (const leaseMs of [LONG_MS, 60_000, LONG_MS]) await renew("a", { leaseMs });
    await renew("b");
    deepEqual(bucketsOf(await claim("b")), [3]);
    deepEqual(await owners(), ["a", "a", "a", "b"]);
  });

  it("keep the owner of a bucket whose checkpoint moves", async () => {
    await lay(1);
    await renew("a");
    await claim("a");
    await flush(at, move(0, 3, { generation: 1 }));
    deepEqual(await owners(), ["a"]);
  });

  it("free at once what is released, as far as the server has it", async () => {
    await lay();
    for (const server of ["a", "b"]) await renew(server);
    await claim("a", { buckets: [0, 1] });
    await claim("b", { buckets: [2, 3] });
    await release("a", 1, 2, 9);
    await release("nobody", 0);
    await release("b");
    deepEqual(await owners(), ["a", undefined, "b", "b"]);
    deepEqual(bucketsOf(await claim("b")), [1]);
    deepEqual(
      (await checkpoints(at)).map(({ generation }) => generation),
      [1, 2, 1, 1],
    );
  });

  it("free at once all that a server has which leaves, and nothing of others", async () => {
    await lay(2);
    await lay(2, "Orders");
    const both = { subscriptions: ["Accounts", "Orders"] };
    for (const server of ["a", "b"]) await renew(server, both);
    await claim("a", { limit: 1 });
    await claim("a", { subscription: "Orders", limit: 1 });
    await claim("b");
    await leave("a");
    await leave("nobody");
    const shares = await renew("b", both);
    deepEqual(
      shares.map(({ servers, buckets }) => [servers, buckets.map(({ owner }) => owner)]),
      [
        [["b"], [undefined, "b"]],
        [["b"], [undefined, undefined]],
      ],
    );
    deepEqual(bucketsOf(await claim("b")), [0]);
    deepEqual(await claim("a"), []);
  });

  it("do not list a server under what it runs no more; what it has there stays its own until it releases it", async () => {
    await lay(2);
    await lay(1, "Orders");
    await renew("a", { subscriptions: ["Accounts", "Orders"] });
    await claim("a");
    await renew("a", { subscriptions: ["Orders"] });
    const [accounts, orders] = await renew("b", { subscriptions: ["Accounts", "Orders"] });
    deepEqual(accounts?.servers, ["b"]);
    deepEqual(orders?.servers, ["a", "b"]);
    deepEqual(await claim("b"), []);
    await release("a", 0, 1);
    deepEqual(bucketsOf(await claim("b")), [0, 1]);
  });

  it("take buckets from servers that are alive for whoever asks for that, but none that it has", async () => {
    await lay();
    for (const server of ["a", "b"]) await renew(server);
    await claim("a", { limit: 2 });
    await claim("b", { limit: 1 });
    deepEqual(
      (await claim("b", { fromOthers: true, buckets: [1, 2] })).map(({ bucket, generation }) => [bucket, generation]),
      [[1, 2]],
    );
    deepEqual(await owners(), ["a", "b", "b", undefined]);
    deepEqual(bucketsOf(await claim("b", { fromOthers: true, limit: 1 })), [0]);
    deepEqual(bucketsOf(await claim("b", { fromOthers: true })), [3]);
    await rejects(flush(at, move(0, 1, { generation: 1 })), { code: "OPERATION_CONFLICT" });
    deepEqual(
      (await checkpoints(at)).map(({ generation }) => generation),
      [2, 2, 1, 1],
    );
  });

  it("give nothing to a server that is not alive", async () => {
    await lay();
    deepEqual(await claim("a"), []);
    deepEqual(await claim("a", { fromOthers: true }), []);
    await renew("a", { leaseMs: SHORT_MS });
    await dead("a");
    deepEqual(await claim("a"), []);
    deepEqual(
      (await checkpoints(at)).map(({ generation }) => generation),
      [0, 0, 0, 0],
    );
  });

  it("bring a server that was dead back without the buckets that it had", async () => {
    await lay(2);
    await renew("a");
    await claim("a");
    await renew("a", { leaseMs: SHORT_MS });
    await dead("a");
    const [share] = await renew("a");
    deepEqual(
      share?.buckets.map(({ owner, generation }) => [owner, generation]),
      [
        [undefined, 1],
        [undefined, 1],
      ],
    );
    deepEqual(
      (await claim("a")).map(({ bucket, generation }) => [bucket, generation]),
      [
        [0, 2],
        [1, 2],
      ],
    );
  });

  for (const hours of [-1, 1]) {
    it(`go by the store's time: a process whose clock is ${hours} h off changes nothing`, async () => {
      await lay(2);
      await renew("a");
      await claim("a", { limit: 1 });
      await withShiftedClock(2 * hours * HOUR_MS, async () => {
        await renew("b");
        deepEqual(bucketsOf(await claim("b")), [1]);
        await renew("b", { leaseMs: SHORT_MS });
        await dead("b");
        await renew("a");
      });
      deepEqual(await owners(), ["a", undefined]);
      await renew("b");
      deepEqual(bucketsOf(await claim("b")), [1]);
      await renew("b", { leaseMs: SHORT_MS });
      await withShiftedClock(2 * hours * HOUR_MS, async () => {
        await dead("b");
        deepEqual(await owners(), ["a", undefined]);
      });
    });
  }

  it("list the subscriptions that have checkpoints, by name", async () => {
    const listed = async () => [...(await operationsOf(at).subscriptions.subscriptions())];
    deepEqual(await listed(), []);
    await renew("a", { subscriptions: ["nobody"] });
    for (const name of ["b", "\u{1f600}", "a", "B", "\ufb01"]) await lay(2, name);
    deepEqual(await listed(), ["B", "a", "b", "\ufb01", "\u{1f600}"]);
  });

  if (!at.conformance.abilities.durable) return;

  it("hold after the store was closed and opened again", async () => {
    await lay(2);
    await renew("a");
    await claim("a", { limit: 1 });
    await at.reopen();
    deepEqual(await owners(), ["a", undefined]);
    await renew("b");
    deepEqual(bucketsOf(await claim("b")), [1]);
  });
}

/** Without an owner that is undefined. */
function plain({ owner, ...checkpoint }: OwnedCheckpoint): OwnedCheckpoint {
  return { ...checkpoint, ...(owner !== undefined && { owner }) };
}
