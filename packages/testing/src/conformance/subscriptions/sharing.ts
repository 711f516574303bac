import { deepEqual, equal, ok } from "node:assert/strict";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { Gate, runTills } from "./tills-under-test";

const PATIENTLY = { waitTimeoutMs: 60_000 };
const LEASE = { subscriptions: { lease: "2s" } };

export function sharing(at: StoreUnderTest): void {
  const { it } = testRunner();
  const another = async () => (at.adapter.abilities.sharedByProcesses ? await at.another() : at.adapter);

  it("are shared by two servers, each of which has half of the buckets, and every event is handled once", async () => {
    const seen: [string[], string[]] = [[], []];
    const as = (server: 0 | 1) => ({
      config: LEASE,
      handlers: {
        seen: { call: (cents: number) => seen[server].push(String(cents)) },
      },
    });
    const one = await runTills(at.adapter, as(0));
    const other = await runTills(await another(), as(1));
    const servers = [await one.domain.serve(), await other.domain.serve()];
    await buckets(one, [8, 8]);
    for (let n = 0; n < 64; n++) await one.payments(`till-${n % 16}`, n);
    await until(() => seen[0].length + seen[1].length >= 64);
    for (const server of servers) await server.close();
    deepEqual(
      [...seen[0], ...seen[1]].map(Number).sort((a, b) => a - b),
      Array.from({ length: 64 }, (_, n) => n),
    );
    for (const mine of seen) {
      ok(mine.length > 0, "a server has handled nothing");
      for (let till = 0; till < 16; till++) {
        const ofTill = mine.map(Number).filter((cents) => cents % 16 === till);
        deepEqual(
          ofTill,
          [...ofTill].sort((a, b) => a - b),
        );
      }
    }
    await Promise.all([one.domain.close(), other.domain.close()]);
  });

  it("pass to the other server when one stops, which goes on where that one stood", async () => {
    const one = await runTills(at.adapter, { config: LEASE });
    const other = await runTills(await another(), { config: LEASE });
    const first = await one.domain.serve();
    const second = await other.domain.serve();
    await buckets(one, [8, 8]);
    for (let n = 0; n < 16; n++) await one.payments(`till-${n}`, 1);
    await first.close();
    await other.domain.process(new other.Pay({ tillId: "till-0", cents: 1 }), {
      waitFor: [other.Takings],
      ...PATIENTLY,
    });
    await buckets(other, [16]);
    equal(
      (await other.takings()).reduce((sum, { cents }) => sum + cents, 0),
      17,
    );
    await second.close();
    await Promise.all([one.domain.close(), other.domain.close()]);
  });

  it("hold up nothing but their own bucket while a call takes its time", async () => {
    const seen: number[] = [];
    const slow = new Gate();
    const { domain, payments, statusOf } = await runTills(at.adapter, {
      handlers: {
        slow: {
          call: async (cents) => {
            if (cents === 1) await slow.opened;
            seen.push(cents);
          },
        },
      },
    });
    await payments("a", 1, 2);
    for (let n = 0; n < 16; n++) await payments(`till-${n}`, 100 + n);
    const server = await domain.serve();
    // Sixteen tills lie in more than one bucket.
    await until(() => seen.length > 0);
    ok(!seen.includes(1) && !seen.includes(2));
    slow.open();
    await until(() => seen.length === 18);
    ok(seen.indexOf(1) < seen.indexOf(2));
    await server.close();
    equal((await statusOf("slow")).lag, 0);
    await domain.close();
  });

  it("are handled once while servers start that want another number of buckets", async () => {
    const seen: number[] = [];
    const as = (buckets: number) => ({
      config: { subscriptions: { ...LEASE.subscriptions, buckets } },
      handlers: { seen: { call: (cents: number) => seen.push(cents) } },
    });
    const one = await runTills(at.adapter, as(16));
    const other = await runTills(await another(), as(3));
    const first = await one.domain.serve();
    for (let n = 0; n < 20; n++) await one.payments(`till-${n % 7}`, n);
    const second = await other.domain.serve();
    for (let n = 20; n < 40; n++) await one.payments(`till-${n % 7}`, n);
    await until(() => seen.length >= 40);
    for (const [name, stored] of [
      ["seen", "seen"],
      ["Takings", "Takings.v1"],
    ] as const) {
      await untilTrue(async () => (await one.statusOf(name)).lag === 0);
      await untilTrue(async () => (await at.adapter.operations!.subscriptions.checkpoints(stored)).length === 3);
    }
    await first.close();
    await second.close();
    deepEqual(
      seen.sort((a, b) => a - b),
      Array.from({ length: 40 }, (_, n) => n),
    );
    deepEqual(
      (await one.takings()).reduce((sum, { payments }) => sum + payments, 0),
      40,
    );
    await Promise.all([one.domain.close(), other.domain.close()]);
  });

  /** Waits until the owners of a subscription have so many buckets each. */
  async function buckets(
    { statusOf }: Awaited<ReturnType<typeof runTills>>,
    expected: readonly number[],
  ): Promise<void> {
    for (const name of ["Takings", "seen"])
      if ((await statusOf(name)) !== undefined)
        await untilTrue(
          async () => (await statusOf(name)).owners.map((owner) => owner.buckets).join() === expected.join(),
        );
  }
}

const until = (isTrue: () => boolean) => untilTrue(async () => isTrue());

/** Looks again and again, because what another process does tells nobody. */
async function untilTrue(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 10));
}
