import { deepEqual, equal, rejects } from "node:assert/strict";

import type { AggregateOptions } from "@tidemark/core";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { events, openTill } from "./till-under-test";

export function idempotency(at: StoreUnderTest, storage: AggregateOptions): void {
  const { it } = testRunner();
  const opened = () => openTill(at.adapter, { storage });

  it("64 at once with one key have one effect, and all get the first result", async () => {
    const { domain, Pay, sum } = await opened();
    const command = new Pay({ tillIds: ["1"], amount: 5 });
    const submissions = Array.from({ length: 64 }, () => domain.process(command, { idempotencyKey: "k" }));
    const results = await Promise.all(submissions);
    deepEqual(new Set(results.map(({ run }) => run)).size, 1);
    deepEqual(results, Array(64).fill(results[0]));
    deepEqual(results[0]?.sums, [5n]);
    deepEqual(await events(domain), [["conformance::till-1", 5]]);
    equal(await sum("1"), 5);
  });

  it("64 at once from two applications have one effect on several streams", async () => {
    const tills = [await opened(), await opened()] as const;
    await tills[0].domain.process(new tills[0].Pay({ tillIds: ["1", "2"], amount: 1 }));
    const results = await Promise.all(
      Array.from({ length: 64 }, (_, n) => {
        const { domain, Pay } = tills[n % 2] as (typeof tills)[number];
        return domain.process(new Pay({ tillIds: ["1", "2"], amount: 5 }), { idempotencyKey: "k" });
      }),
    );
    deepEqual(results, Array(64).fill(results[0]));
    deepEqual([await tills[0].sum("1"), await tills[1].sum("2")], [6, 6]);
  });

  it("one after the other get the first result, of a command without result as well", async () => {
    const { domain, Pay, Empty, runs } = await opened();
    const pay = () => domain.process(new Pay({ tillIds: ["1"], amount: 5 }), { idempotencyKey: "\u{1f600}:/- k" });
    const first = await pay();
    deepEqual([await pay(), runs.count], [first, 1]);
    deepEqual(first, { run: 1, at: new Date("2026-02-20T12:00:00.123Z"), sums: [5n] });
    const empty = () => domain.process(new Empty({ tillId: "1" }), { idempotencyKey: "nothing" });
    deepEqual([await empty(), await empty()], [undefined, undefined]);
    deepEqual((await events(domain)).length, 1);
  });

  it("one that an application started again gets the first result", async () => {
    const before = await opened();
    const command = { tillIds: ["1"], amount: 5 };
    const first = await before.domain.process(new before.Pay(command), { idempotencyKey: "k" });
    if (at.conformance.abilities.durable) await at.reopen();
    const after = await opened();
    const again = Array.from({ length: 64 }, () =>
      after.domain.process(new after.Pay(command), { idempotencyKey: "k" }),
    );
    deepEqual(await Promise.all(again), Array(64).fill(first));
    deepEqual([after.runs.count, await after.sum("1")], [0, 5]);
  });

  it("the key of another payload or of another command is refused, and nothing is stored", async () => {
    const { domain, Pay, Empty } = await opened();
    const options = { idempotencyKey: "k" };
    await domain.process(new Pay({ tillIds: ["1"], amount: 5 }), options);
    await rejects(domain.process(new Pay({ tillIds: ["1"], amount: 6 }), options), {
      code: "DUPLICATE_COMMAND",
      message:
        'Cannot process Conformance.Pay.v1 with idempotency key "k": the same command, with another payload, was processed with it before',
    });
    await rejects(domain.process(new Empty({ tillId: "1" }), options), {
      code: "DUPLICATE_COMMAND",
      message:
        'Cannot process Conformance.Empty.v1 with idempotency key "k": Conformance.Pay.v1 was processed with it before',
    });
    deepEqual(await events(domain), [["conformance::till-1", 5]]);
  });

  it("a command that fails has used no key, and stored nothing on any stream", async () => {
    const { domain, Pay, sum } = await opened();
    await domain.process(new Pay({ tillIds: ["full"], amount: 100 }));
    const pay = (tillIds: string[]) => domain.process(new Pay({ tillIds, amount: 5 }), { idempotencyKey: "k" });
    await rejects(pay(["1", "full"]), { code: "VALIDATION_FAILED" });
    deepEqual([await sum("1"), await sum("full")], [undefined, 100]);
    deepEqual((await pay(["1"])).sums, [5n]);
  });

  it("records are no events: no reader of all, no category and no list of streams shows them", async () => {
    const { domain, Pay } = await opened();
    for (let n = 0; n < 5; n++) {
      await domain.process(new Pay({ tillIds: [`${n}`], amount: n }), { idempotencyKey: `k${n}` });
    }
    deepEqual(
      (await events(domain)).map(([, amount]) => amount),
      [0, 1, 2, 3, 4],
    );
    const limited: number[] = [];
    for await (const { data } of domain.eventStore.readAll({ limit: 3 })) limited.push(data.amount);
    deepEqual(limited, [0, 1, 2]);
    const category: number[] = [];
    for await (const { data } of domain.eventStore.readCategory("conformance::till")) category.push(data.amount);
    deepEqual(category, [0, 1, 2, 3, 4]);
    deepEqual(await at.adapter.log.listStreams("conformance::till", { limit: 10 }), [
      ...[0, 1, 2, 3, 4].map((n) => `conformance::till-${n}`),
    ]);
    for await (const { faults } of at.adapter.verify()) deepEqual(faults, []);
  });
}
