import { deepEqual, equal, ok, rejects } from "node:assert/strict";

import { testRunner } from "../test-runner";
import { collect, fill, noted, numbers, range } from "./sample-events";
import type { StoreUnderTest } from "./store-under-test";

/** A reader that waits this long for events that were acknowledged has skipped them. */
const PATIENCE_MS = 60_000;

export function globalOrder(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("reads the events of all streams in the order in which they were appended", async () => {
    for (const n of range(20)) await at.store.append([{ stream: `c${n % 3}-${n % 2}`, events: [noted(n)] }]);
    const all = await collect(at.store.readAll());
    deepEqual(
      all.map(({ data }) => data.n),
      range(20),
    );
    ok(all[0]!.globalPosition >= 1);
    for (const [index, event] of all.entries()) {
      if (index > 0) ok(event.globalPosition > all[index - 1]!.globalPosition);
    }
  });

  it("goes on after the global position of any event, given as number or as text", async () => {
    for (const n of range(10)) await at.store.append([{ stream: `account-${n}`, events: [noted(n)] }]);
    const all = await collect(at.store.readAll());
    for (const [index, { globalPosition }] of all.entries()) {
      deepEqual(await numbers(at.store.readAll({ after: globalPosition })), range(9 - index, index + 1));
      deepEqual(
        await numbers(at.store.readAll({ after: `${globalPosition}`, limit: 1 })),
        range(9 - index, index + 1).slice(0, 1),
      );
    }
  });

  it("reads 2,500 events completely, and a limit at the border of its pages exactly", async () => {
    await fill(at.adapter, "account-1", 2_500);
    deepEqual(await numbers(at.store.readAll()), range(2_500));
    for (const limit of [0, 999, 1_000, 1_001, 2_001]) {
      deepEqual(await numbers(at.store.readAll({ limit })), range(limit), `limit ${limit}`);
    }
  });

  it("never shows a snapshot", async () => {
    await at.store.append([{ stream: "user-1", events: [noted(0)] }]);
    await at.store.append([{ stream: "user:snapshot-1", events: [{ type: "SNAPSHOT", data: { version: 0 } }] }]);
    await at.store.append([{ stream: "user-1", events: [noted(1)] }]);
    deepEqual(await numbers(at.store.readAll()), [0, 1]);
  });

  it("shows a reader that follows concurrent appends every event once, in the order of each stream", async () => {
    const writers = 32;
    const rounds = 8;
    const total = 2 * writers * rounds;
    const seen: string[] = [];
    const positions = new Map<string, number>();
    let after = 0;
    const readOn = async () => {
      for await (const { id, stream, position, globalPosition } of at.store.readAll({ after })) {
        ok(globalPosition > after);
        equal(position, (positions.get(stream) ?? -1) + 1, stream);
        positions.set(stream, position);
        seen.push(id);
        after = globalPosition;
      }
    };
    const append = (round: number, writer: number) =>
      at.store.append([
        { stream: `account-${writer}`, events: [noted(round)] },
        { stream: `shared-${writer % 4}`, events: [noted(writer * rounds + round)] },
      ]);
    for (const round of range(rounds)) {
      // Half of the appends are under way when the reading starts, the others follow while it goes on.
      const early = range(writers / 2).map((writer) => append(round, writer));
      const reading = readOn();
      const late = range(writers / 2, writers / 2).map((writer) => append(round, writer));
      await Promise.all([...early, reading, ...late]);
    }
    // A store may show an event a little late.
    for (const start = performance.now(); seen.length < total && performance.now() - start < PATIENCE_MS; )
      await readOn();
    equal(seen.length, total);
    deepEqual(
      seen,
      (await collect(at.store.readAll())).map(({ id }) => id),
    );
  });

  it("refuses cursors that no reader was ever given", async () => {
    for (const after of [-1, 0.5, Number.NaN, "", "x", "-1", "1.0", "1e3", null as never, {} as never]) {
      await rejects(collect(at.store.readAll({ after })), { code: "INCORRECT_USAGE" }, String(after));
      await rejects(collect(at.store.readCategory("account", { after })), { code: "INCORRECT_USAGE" }, String(after));
    }
  });
}
