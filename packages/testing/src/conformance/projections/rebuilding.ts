import { deepEqual, equal, match, notEqual, ok, rejects } from "node:assert/strict";
import { setImmediate as othersTurn } from "node:timers/promises";

import { OperationConflictError, type ProjectionClass, RebuildError, type RebuildProgress } from "@tidemark/core";
import type { Operation, TableSwitch } from "@tidemark/core/adapter";

import { fixedClock } from "../../doubles/fixed-clock";
import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { openTills, plainRows, RIGHT, type Tills } from "./tills-to-rebuild";

/** Counts every payment twice, and knows a till that nobody has opened. */
const WRONG = { cents: (cents: number) => 2 * cents, opened: (id: string) => (id === "t-3" ? "ghost" : id) };

export function rebuilding(at: StoreUnderTest): void {
  const { it } = testRunner();

  /** Three tills whose rows were folded by wrong methods, which are corrected now. */
  const miscounted = async (options: Parameters<typeof openTills>[1] = {}): Promise<Tills> => {
    const tills = await openTills(at.adapter, { ...options, rules: WRONG });
    await tills.open("t-1", 5, 7);
    await tills.open("t-2", 1);
    await tills.open("t-3");
    await tills.domain.catchUp();
    Object.assign(tills.rules, RIGHT);
    return tills;
  };
  const cents = async ({ domain }: Tills, type: ProjectionClass) =>
    plainRows(await domain.viewOf(type).all()).map(({ tillId, id, cents }) => [tillId ?? id, cents]);
  const readModels = () => at.adapter.operations!.readModels;

  it("makes every row again, and removes those that the events do not make", async () => {
    const tills = await miscounted();
    const { domain, Takings, Sums } = tills;
    deepEqual(await cents(tills, Takings), [
      ["ghost", 0],
      ["t-1", 24],
      ["t-2", 2],
    ]);
    const { rows, events, ms } = await domain.rebuildProjection(Takings);
    deepEqual([rows, events], [3, 6]);
    ok(ms > 0, `a rebuild that took ${ms} ms`);
    const right = [
      ["t-1", 12],
      ["t-2", 1],
      ["t-3", 0],
    ];
    deepEqual(await cents(tills, Takings), right);
    deepEqual(await cents(tills, Sums), [["all", 26]], "another projection");
    await domain.rebuildProjection(Takings);
    deepEqual(await cents(tills, Takings), right, "after the second time");
    await domain.close();
  });

  it("goes on behind the last event that was folded again", async () => {
    const { domain, Takings, change, open, takings } = await miscounted();
    await change("t-1", (till) => till.pay(100));
    await domain.rebuildProjection(Takings);
    equal((await domain.viewOf(Takings).get("t-1")).cents, 112);
    await change("t-1", (till) => till.pay(1_000));
    await change("t-2", (till) => till.remove());
    await open("t-4", 8);
    await domain.catchUp();
    deepEqual(
      (await takings()).map(({ tillId, cents, payments }) => [tillId, cents, payments]),
      [
        ["t-1", 1_112, 4],
        ["t-3", 0, 0],
        ["t-4", 8, 1],
      ],
    );
    await domain.close();
  });

  it("works for inline projections, projector classes and states of aggregates", async () => {
    const tills = await miscounted();
    const { domain, Totals, Sums, TillStates, change } = tills;
    deepEqual(await cents(tills, Totals), [
      ["t-1", 24],
      ["t-2", 2],
      ["t-3", 0],
    ]);
    const states = plainRows(await domain.viewOf(TillStates).all());
    for (const type of [Totals, Sums, TillStates] as readonly ProjectionClass[]) await domain.rebuildProjection(type);
    deepEqual(await cents(tills, Totals), [
      ["t-1", 12],
      ["t-2", 1],
      ["t-3", 0],
    ]);
    deepEqual(await cents(tills, Sums), [["all", 13]]);
    deepEqual(plainRows(await domain.viewOf(TillStates).all()), states);
    await change("t-1", (till) => till.pay(10));
    equal((await domain.viewOf(Totals).get("t-1")).cents, 22);
    await domain.catchUp();
    deepEqual(await cents(tills, Sums), [["all", 23]]);
    equal((await domain.viewOf(TillStates).get("t-1")).cents, 22);
    await domain.close();
  });

  it("calls no event handler, and is no error without events", async () => {
    const heard: number[] = [];
    const { domain, Takings, Totals, open } = await openTills(at.adapter, { heard: (amount) => heard.push(amount) });
    for (const type of [Takings, Totals] as readonly ProjectionClass[]) {
      const { rows, events } = await domain.rebuildProjection(type);
      deepEqual([rows, events], [0, 0]);
    }
    await open("t-1", 5);
    await domain.catchUp();
    await domain.rebuildProjection(Takings);
    await domain.rebuildProjection(Totals);
    await domain.catchUp();
    deepEqual(heard, [5]);
    await domain.close();
  });

  it("tells how far it is", async () => {
    const { domain, Takings } = await miscounted();
    const seen: RebuildProgress[] = [];
    await domain.rebuildProjection(Takings, { onProgress: (progress) => seen.push(progress) });
    deepEqual([...new Set(seen.map(({ phase }) => phase))], ["folding", "indexing", "switching"]);
    deepEqual(seen[0], { phase: "folding", events: 0, total: 6, rows: 0 });
    deepEqual(seen.at(-1), { phase: "switching", events: 6, total: 6, rows: 3 });
    await domain.close();
  });

  it("stops at an event that fails, names it, and leaves the rows in use", async () => {
    const tills = await miscounted();
    const { domain, rules, Takings, change } = tills;
    const before = await tills.takings();
    rules.cents = (amount) => {
      if (amount === 7) throw new Error("no sevens");
      return amount;
    };
    const failure: unknown = await domain.rebuildProjection(Takings).catch((error: unknown) => error);
    ok(failure instanceof RebuildError, String(failure));
    match(
      failure.message,
      /^Cannot rebuild Takings: Takings\.paid failed on event "Tills\.Paid\.v1" at global position 3, position 2 of stream "tills::till-t-1": no sevens\. /,
    );
    equal(failure.globalPosition, 3);
    deepEqual(await tills.takings(), before);
    await change("t-2", (till) => till.pay(20));
    await domain.catchUp();
    equal((await domain.viewOf(Takings).get("t-2")).cents, 22);
    Object.assign(rules, RIGHT);
    await domain.rebuildProjection(Takings);
    equal((await domain.viewOf(Takings).get("t-1")).cents, 12);
    await domain.close();
  });

  it("that was cancelled changes nothing, and is gone on with", async () => {
    const tills = await miscounted();
    const { domain, Takings, change } = tills;
    const before = await tills.takings();
    const reason = new Error("enough");
    for (const phase of ["folding", "indexing", "switching"] as const) {
      const controller = new AbortController();
      const onProgress = (progress: RebuildProgress) => progress.phase === phase && controller.abort(reason);
      await rejects(
        domain.rebuildProjection(Takings, { signal: controller.signal, onProgress }),
        (error) => error === reason,
      );
      deepEqual(await tills.takings(), before, `cancelled while ${phase}`);
    }
    await change("t-1", (till) => till.pay(1));
    const seen: RebuildProgress[] = [];
    const { events } = await domain.rebuildProjection(Takings, { onProgress: (progress) => seen.push(progress) });
    deepEqual([seen[0]?.events, seen[0]?.total, events], [6, 7, 7]);
    deepEqual(await cents(tills, Takings), [
      ["t-1", 13],
      ["t-2", 1],
      ["t-3", 0],
    ]);
    await domain.close();
  });

  it("folds no event twice where it was cut off between two writes", async () => {
    const tills = 2_500;
    let [writes, cutAt] = [0, 0];
    const flush = async (operations: readonly Operation[]) => {
      const isOfRebuild = operations.some(
        (each) => "subscription" in each && each.subscription === "Takings.v1.rebuild",
      );
      const hasRows = operations.some(({ kind }) => kind === "upsertRows");
      if (isOfRebuild && hasRows && ++writes === cutAt) throw new Error("cut off");
      await at.adapter.operations!.flush(operations);
    };
    const { domain, Till, Takings, change } = await openTills(at.adapter, { store: { operations: { flush } } });
    const ids = Array.from({ length: tills }, (_, number) => `t-${number}`);
    const append = (expectedVersion: number, type: string, data: object) =>
      domain.eventStore.append(
        ids.map((tillId) => {
          const events = [{ type, data: { tillId, ...data } }];
          return { stream: domain.streamFor(Till, tillId), expectedVersion, events };
        }),
      );
    await append(-1, "Tills.Opened.v1", { at: "2025-01-01T00:00:00.000Z" });
    const reason = new Error("enough");
    const cancel = new AbortController();
    const onProgress = ({ phase }: RebuildProgress) => phase === "indexing" && cancel.abort(reason);
    await rejects(
      domain.rebuildProjection(Takings, { signal: cancel.signal, onProgress }),
      (error) => error === reason,
    );
    await append(0, "Tills.Paid.v1", { cents: 5 });
    cutAt = writes + 2;
    await rejects(domain.rebuildProjection(Takings), /cut off/);
    equal(await readModels().has("takings_v1__new"), true, "nothing was kept");
    for (const till of ids.slice(0, 20)) await change(till, (one) => one.pay(7));
    const { rows, events } = await domain.rebuildProjection(Takings);
    deepEqual([rows, events], [tills, 2 * tills + 20]);
    const found = new Map((await domain.viewOf(Takings).all()).map(({ tillId, ...row }) => [tillId, row]));
    for (const [number, till] of ids.entries()) {
      const { cents: sum, payments } = found.get(till)!;
      deepEqual([till, sum, payments], [till, number < 20 ? 12 : 5, number < 20 ? 2 : 1]);
    }
    await domain.close();
  });

  it("is refused while another one is under way", async () => {
    const { domain, Takings, Sums } = await miscounted();
    const both = await Promise.allSettled([
      domain.rebuildProjection(Takings),
      domain.rebuildProjection(Takings),
      domain.rebuildProjection(Sums),
    ]);
    deepEqual(both.map(({ status }) => status).sort(), ["fulfilled", "fulfilled", "rejected"]);
    const refused = both.find(({ status }) => status === "rejected") as PromiseRejectedResult;
    match((refused.reason as Error).message, /^Cannot rebuild Takings: another rebuild of it is under way/);
    await domain.rebuildProjection(Takings);
    await domain.close();
  });

  it("tries the switch again when others work with the table", async () => {
    let refusals = 0;
    const store = at.adapter.operations!;
    const switchTable = async (change: TableSwitch) => {
      if (refusals++ < 2) throw new OperationConflictError({ subject: "a table", expected: "free", actual: "in use" });
      await store.readModels.switchTable(change);
    };
    const models = new Proxy(store.readModels, {
      get: (target, key) => {
        const value: unknown = key === "switchTable" ? switchTable : Reflect.get(target, key);
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      },
    });
    const tills = await miscounted({ store: { operations: { readModels: models } } });
    const { domain, Takings, Totals } = tills;
    await domain.rebuildProjection(Takings);
    equal(refusals, 3);
    equal((await domain.viewOf(Takings).get("t-1")).cents, 12);
    refusals = 0;
    await domain.rebuildProjection(Totals);
    equal(refusals, 3);
    equal((await domain.viewOf(Totals).get("t-1")).cents, 12);
    await domain.close();
  });

  it("makes one row again", async () => {
    const tills = await miscounted();
    const { domain, Takings, Totals, change } = tills;
    for (const type of [Takings, Totals] as readonly ProjectionClass[]) {
      const { rows, events } = await domain.rebuildProjection(type, { id: "t-1" });
      deepEqual([rows, events], [1, 3]);
    }
    deepEqual(await cents(tills, Takings), [
      ["ghost", 0],
      ["t-1", 12],
      ["t-2", 2],
    ]);
    deepEqual(await cents(tills, Totals), [
      ["t-1", 12],
      ["t-2", 2],
      ["t-3", 0],
    ]);
    equal((await domain.rebuildProjection(Takings, { id: "ghost" })).rows, 0);
    equal((await domain.rebuildProjection(Totals, { id: "nobody" })).rows, 0);
    await change("t-1", (till) => till.pay(10));
    await domain.catchUp();
    equal((await domain.viewOf(Takings).get("t-1")).cents, 22);
    equal((await domain.viewOf(Totals).get("t-1")).cents, 22);
    equal(await domain.viewOf(Takings).find("ghost"), undefined);
    await domain.close();
  });

  it("removes what was set aside, because it is folded now", async () => {
    const { domain, Takings } = await miscounted();
    const store = at.adapter.operations!;
    const parked = (key: string, position: number, state: "parked" | "skipped") => {
      return { subscription: "Takings.v1", key, position, state, attempts: 1, data: "{}" } as const;
    };
    await store.flush([
      { kind: "putParked", parked: parked("t-1", 3, "parked"), expected: null },
      { kind: "putParked", parked: parked("t-2", 5, "skipped"), expected: null },
    ]);
    await domain.rebuildProjection(Takings);
    deepEqual(await store.subscriptions.parked({ subscription: "Takings.v1" }), []);
    equal((await domain.viewOf(Takings).get("t-2")).cents, 1);
    await domain.close();
  });

  it("passes over an event that was skipped and still fails", async () => {
    const { domain, rules, Takings } = await miscounted();
    const store = at.adapter.operations!;
    const parked = {
      subscription: "Takings.v1",
      key: "t-1",
      position: 2,
      state: "skipped",
      attempts: 1,
      data: "{}",
    } as const;
    await store.flush([{ kind: "putParked", parked, expected: null }]);
    rules.cents = (amount) => {
      if (amount === 5) throw new Error("no fives");
      return amount;
    };
    await domain.rebuildProjection(Takings);
    equal((await domain.viewOf(Takings).get("t-1")).cents, 7);
    deepEqual(
      (await store.subscriptions.parked({ subscription: "Takings.v1" })).map(({ state }) => state),
      ["skipped"],
    );
    await domain.close();
  });

  it("that is tried tells what would change, and changes nothing", async () => {
    const tills = await miscounted();
    const { domain, Takings, Totals } = tills;
    const before = await tills.takings();
    const { dryRun, rows, events } = await domain.rebuildProjection(Takings, { dryRun: true });
    deepEqual([rows, events], [3, 6]);
    const { examples, estimatedMs, ...counts } = dryRun!;
    deepEqual(counts, { changed: 2, missing: 1, extra: 1 });
    ok(estimatedMs > 0, `${estimatedMs} ms`);
    deepEqual(
      examples.filter(({ key }) => key === "t-1"),
      [
        { key: "t-1", path: "cents", stored: 24, rebuilt: 12 },
        { key: "t-1", path: "amounts[0]", stored: 10, rebuilt: 5 },
        { key: "t-1", path: "amounts[1]", stored: 14, rebuilt: 7 },
      ],
    );
    equal(examples.find(({ key }) => key === "ghost")?.rebuilt, undefined);
    deepEqual(await tills.takings(), before);
    const inline = await domain.rebuildProjection(Totals, { dryRun: true });
    equal(inline.dryRun?.changed, 2);
    await domain.rebuildProjection(Totals);
    const { dryRun: after } = await domain.rebuildProjection(Totals, { dryRun: true });
    deepEqual([after?.changed, after?.missing, after?.extra, after?.examples], [0, 0, 0, []]);
    equal(await readModels().has("totals_v1__try"), false);
    await domain.close();
  });

  it("keeps the old table for some time", async () => {
    const clock = fixedClock(new Date(1_700_000_000_000));
    const config = { projections: { keep_old: "1h" } };
    const { domain, Takings } = await miscounted({ clock, config });
    await domain.rebuildProjection(Takings);
    equal(await readModels().has("takings_v1__old"), true);
    equal(await readModels().has("takings_v1__new"), false);
    await domain.close();
    clock.advance(59 * 60_000);
    await (await openTills(at.adapter, { clock, config })).domain.close();
    equal(await readModels().has("takings_v1__old"), true, "before the hour is over");
    clock.advance(60_000);
    await (await openTills(at.adapter, { clock, config })).domain.close();
    equal(await readModels().has("takings_v1__old"), false, "after the hour");
  });

  it("is noticed by who watches, and by other tools", async () => {
    const { domain, Takings, AllTakings } = await miscounted();
    const watch = domain.watch(new AllTakings({}))[Symbol.asyncIterator]();
    const before = (await watch.next()).value as readonly { readonly tillId: string; readonly cents: number }[];
    equal(before.find(({ tillId }) => tillId === "t-1")?.cents, 24);
    await domain.rebuildProjection(Takings);
    const after = (await watch.next()).value as typeof before;
    equal(after.find(({ tillId }) => tillId === "t-1")?.cents, 12);
    await watch.return?.();
    equal(await readModels().viewedTable("takings"), "takings_v1");
    await domain.close();
  });

  for (const mode of ["async", "inline"] as const)
    it(`shows readers the old rows or the new ones while commands and a server go on (${mode})`, async () => {
      const { domain, Takings, Totals, open, change } = await openTills(at.adapter, {
        config: { subscriptions: { batch: 20 } },
      });
      const type = mode === "async" ? Takings : Totals;
      const names = ["t-0", "t-1", "t-2", "t-3"];
      for (const name of names) await open(name, ...Array.from({ length: 50 }, () => 1));
      await domain.catchUp();
      const server = await domain.serve();
      const view = domain.viewOf(type as typeof Takings);
      let isDone = false;
      const paid = new Map(names.map((name) => [name, 50]));
      const write = async (name: string): Promise<void> => {
        while (!isDone) {
          await change(name, (till) => till.pay(1));
          paid.set(name, paid.get(name)! + 1);
          await othersTurn();
        }
      };
      let reads = 0;
      const look = async (): Promise<void> => {
        const seen = new Map(names.map((name) => [name, 50]));
        while (!isDone) {
          const rows = await view.all();
          equal(rows.length, names.length, "a reader saw a table that is not whole");
          for (const { tillId, cents: sum, payments } of rows) {
            equal(sum, payments, "a reader saw a mixture");
            ok(payments >= seen.get(tillId)!, `${tillId} went back from ${seen.get(tillId)} to ${payments}`);
            seen.set(tillId, payments);
          }
          reads++;
          await othersTurn();
        }
      };
      const rebuild = async (): Promise<void> => {
        try {
          for (let time = 0; time < 3; time++) await domain.rebuildProjection(type as typeof Takings);
        } finally {
          isDone = true;
        }
      };
      await Promise.all([rebuild(), ...names.map(write), look(), look()]);
      notEqual(reads, 0);
      await server.close();
      await domain.catchUp();
      deepEqual(new Map((await view.all()).map(({ tillId, payments }) => [tillId, payments])), paid);
      await domain.close();
    });
}
