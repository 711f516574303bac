import { deepEqual, equal, rejects } from "node:assert/strict";

import type { AggregateOptions } from "@tidemark/core";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { events, openTill } from "./till-under-test";

export function changingStateAlone(at: StoreUnderTest, storage: AggregateOptions): void {
  const { it } = testRunner();
  const opened = () => openTill(at.adapter, { storage });

  it("20 on one aggregate at once, from two applications, all happen", async () => {
    const tills = [await opened(), await opened()] as const;
    const tip = ({ domain, Tip }: (typeof tills)[number]) =>
      domain.process(new Tip({ tillId: "1", amount: 1 }), { retries: 1_000 });
    const sums = await Promise.all(Array.from({ length: 20 }, (_, n) => tip(tills[n % 2 === 0 ? 0 : 1])));
    deepEqual(
      sums.sort((a, b) => a - b),
      Array.from({ length: 20 }, (_, n) => n + 1),
    );
    equal(await tills[0].sum("1"), 20);
    deepEqual(await events(tills[0].domain), []);
  });

  it("64 at once with one key, from two applications, have one effect, and all get the first result", async () => {
    const tills = [await opened(), await opened()] as const;
    const results = await Promise.all(
      Array.from({ length: 64 }, (_, n) => {
        const { domain, Tip } = tills[n % 2 === 0 ? 0 : 1];
        return domain.process(new Tip({ tillId: "1", amount: 5 }), { idempotencyKey: "k" });
      }),
    );
    deepEqual(results, Array(64).fill(5));
    equal(await tills[1].sum("1"), 5);
  });

  it("one that an application started again has no second effect", async () => {
    const before = await opened();
    await before.domain.process(new before.Tip({ tillId: "1", amount: 5 }), { idempotencyKey: "k" });
    if (at.conformance.abilities.durable) await at.reopen();
    const after = await opened();
    const again = await after.domain.process(new after.Tip({ tillId: "1", amount: 5 }), { idempotencyKey: "k" });
    deepEqual([again, after.runs.count, await after.sum("1")], [5, 0, 5]);
  });

  it("the key of another payload is refused, and nothing is stored", async () => {
    const { domain, Tip, sum } = await opened();
    const options = { idempotencyKey: "k" };
    await domain.process(new Tip({ tillId: "1", amount: 5 }), options);
    await rejects(domain.process(new Tip({ tillId: "1", amount: 6 }), options), { code: "DUPLICATE_COMMAND" });
    equal(await sum("1"), 5);
  });
}
