import { deepEqual, equal, match, ok } from "node:assert/strict";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { over } from "../lent-store";
import { testRunner } from "../test-runner";
import { runSagas } from "./sagas-under-test";

export function stepping(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("find their instances by a field, a map, a function and a list, several for one event, or none", async () => {
    const { domain, begin, tell, share, refer, find, notesOf } = await runSagas(at.adapter);
    for (const id of ["a", "b", "c"]) await begin(id);
    await tell("a", { note: "by field" });
    await refer("b", "by map");
    await find("a+c", "by function");
    await find("nobody", "for none");
    await share(["a", "b", "a"], { note: "by list" });
    await share([], { note: "for none" });
    await domain.catchUp();
    deepEqual(await notesOf("a"), ["begun", "by field", "by function", "by list"]);
    deepEqual(await notesOf("b"), ["begun", "by map", "by list"]);
    deepEqual(await notesOf("c"), ["begun", "by function"]);
    const [status] = await domain.subscriptions();
    deepEqual([status?.lag, status?.parked], [0, 0]);
  });

  it("handle a starting event of an instance under way as declared", async () => {
    for (const started of ["handle", "ignore", "park"] as const) {
      const { domain, begin, tell, notesOf, parked } = await runSagas(at.adapter, { started, startFrom: "beginning" });
      const id = `twice-${started}`;
      await begin(id);
      await begin(id, { note: "again" });
      await tell(id, { note: "behind" });
      await domain.catchUp();
      const expected = { handle: ["begun", "again", "behind"], ignore: ["begun", "behind"], park: ["begun"] };
      deepEqual(await notesOf(id), expected[started]);
      const found = (await parked()).filter(({ key }) => key === id);
      equal(found.length, started === "park" ? 1 : 0);
      if (started === "park")
        match(found[0]!.error, /Saga "twice-park": it has started already, and "started" is "park"/);
      await domain.close();
    }
  });

  it("handle an event behind the end as declared", async () => {
    for (const ended of ["ignore", "park", "restart"] as const) {
      const { domain, begin, tell, finish, processOf, parked } = await runSagas(at.adapter, {
        ended,
        startFrom: "beginning",
      });
      const id = `over-${ended}`;
      await begin(id, { note: "begun", does: ["issue one"] });
      await finish(id);
      await tell(id, { note: "late" });
      await begin(id, { note: "anew", does: ["issue two"] });
      await domain.catchUp();
      const process = await processOf(id);
      if (ended === "restart") {
        deepEqual([process?.status, process?.state?.notes, process?.commands], ["running", ["anew"], 2]);
      } else deepEqual([process?.status, process?.state, process?.commands], ["ended", undefined, 1]);
      const found = (await parked()).filter(({ key }) => key === id);
      equal(found.length, ended === "park" ? 1 : 0);
      if (ended === "park") match(found[0]!.error, /Saga "over-park": it has ended, and "ended" is "park"/);
      await domain.close();
    }
  });

  it("pass over an event for an instance that has not started, or set it aside, as declared", async () => {
    for (const missing of ["ignore", "park"] as const) {
      const { domain, begin, tell, notesOf, parked, processOf } = await runSagas(at.adapter, {
        missing,
        startFrom: "beginning",
      });
      const id = `early-${missing}`;
      await tell(id, { note: "early" });
      await begin(id);
      await tell(id, { note: "behind" });
      await domain.catchUp();
      if (missing === "ignore") deepEqual(await notesOf(id), ["begun", "behind"]);
      else {
        equal(await processOf(id), undefined);
        const found = (await parked()).find(({ key }) => key === id);
        match(found!.error, /Saga "early-park": it has not started, and "missing" is "park"/);
        const skipped = await domain.skipParked({ subscription: "Saga", key: id, reason: "it came too early" });
        deepEqual([skipped.skipped.length, skipped.failed.length], [1, 0]);
        deepEqual(await notesOf(id), ["begun", "behind"]);
      }
      await domain.close();
    }
  });

  it("keep events for an instance until it starts, and handle them behind the start in their order", async () => {
    const { domain, begin, tell, share, notesOf, processOf } = await runSagas(at.adapter, { missing: "keep" });
    await tell("k", { note: "first", does: ["issue first"] });
    await share(["k", "other"], { note: "second" });
    await domain.catchUp();
    const awaiting = await processOf("k");
    deepEqual([awaiting?.status, awaiting?.kept?.length, awaiting?.state], ["awaiting", 2, undefined]);
    await begin("k", { note: "begun", does: ["issue begun"] });
    await tell("k", { note: "third" });
    await domain.catchUp();
    deepEqual(await notesOf("k"), ["begun", "first", "second", "third"]);
    const process = await processOf("k");
    deepEqual([process?.kept, process?.steps, process?.commands], [undefined, 4, 2]);
    equal((await processOf("other"))?.status, "awaiting");
  });

  it("give back dates, decimals and bigints as they were, after a restart too", async () => {
    const first = await runSagas(at.adapter);
    const when = new Date("2024-02-29T23:59:59.999Z");
    const ids = Array.from({ length: 5 }, (_, index) => `v-${index}`);
    for (const id of ids) {
      await first.begin(id);
      await first.value(id, "0.10", when, 9_007_199_254_740_993n);
    }
    await first.domain.catchUp();
    await first.domain.close();
    const { domain, value, processOf } = await runSagas(at.adapter);
    for (const id of ids) await value(id, "0.20", when, 1n);
    await domain.catchUp();
    for (const id of ids) {
      const { amount, at: stored, big } = (await processOf(id))!.state!;
      deepEqual([amount, stored, big], ["0.3", when.toISOString(), "9007199254740994"]);
    }
  });

  it("come to an exact state in 10,001 steps, with one question for states a batch at most", async () => {
    const loads: number[] = [];
    const { states } = at.adapter.operations!;
    const counted = over(states, {
      loadAll: (streams) => {
        loads.push(streams.length);
        return states.loadAll(streams);
      },
    });
    const { domain, begin, append, processOf } = await runSagas(at.adapter, {
      store: { operations: { states: counted } },
    });
    await begin("long", { note: "0" });
    const told = Array.from({ length: 10_000 }, (_, index) => ({
      type: "Valued",
      data: { sagaId: "long", amount: "0.01", at: new Date(index).toISOString(), big: "1" },
    }));
    await append(told);
    await domain.catchUp();
    const process = await processOf("long");
    deepEqual(
      [process?.steps, process?.state?.amount, process?.state?.at, process?.state?.big],
      [10_001, "100", new Date(9_999).toISOString(), "10000"],
    );
    ok(loads.length <= 25, `${loads.length} questions for states`);
    ok(
      loads.every((streams) => streams === 1),
      `states of instances that no event is for: ${loads.join(", ")}`,
    );
  });

  it("set an instance aside that fails, with its later events, and go on with it once the cause is corrected", async () => {
    const { domain, begin, tell, share, notesOf, parked } = await runSagas(at.adapter);
    await begin("good");
    await begin("bad", { note: "begun", does: ["timer unknown after 10m"] });
    await tell("bad", { note: "behind" });
    await tell("good", { note: "behind" });
    await share(["good", "bad"], { note: "both" });
    await domain.catchUp();
    deepEqual(await notesOf("good"), ["begun", "behind", "both"]);
    equal(await notesOf("bad"), undefined);
    const [found, ...more] = await parked();
    deepEqual([found?.key, found?.position, found?.attempts, more], ["bad", 2, 1, []]);
    match(found!.error, /Cannot set timer "unknown" in Saga\.begun: Saga has no @timer\("unknown"\) method/);
    await domain.skipParked({ subscription: "Saga", key: "bad", reason: "declared by mistake" });
    // The instance has not started: what came behind is passed over as declared.
    deepEqual([await parked(), await notesOf("bad")], [[], undefined]);
  });

  it("do nothing of an event for one instance that fails, and do it for the others", async () => {
    const { domain, begin, tell, share, notesOf, parked, deedsOf } = await runSagas(at.adapter, { missing: "park" });
    await begin("x");
    await begin("y");
    await share(["x", "absent", "y"], { note: "for three", does: ["issue once"] });
    await tell("x", { note: "behind" });
    await domain.catchUp();
    deepEqual(
      [await notesOf("x"), await notesOf("y")],
      [
        ["begun", "for three", "behind"],
        ["begun", "for three"],
      ],
    );
    deepEqual(
      (await parked()).map(({ key }) => key),
      ["absent"],
    );
    deepEqual([await deedsOf("x"), await deedsOf("y"), await deedsOf("absent")], [["once"], ["once"], []]);
  });

  it("refuse a promise, a state that does not fit its fields, and another id, and store nothing then", async () => {
    const { domain, begin, tell, notesOf, processOf, parked } = await runSagas(at.adapter);
    await begin("t");
    await tell("t", { note: "bad", does: ["issue lost", "timer expiry after 1h", "throw no more"] });
    await domain.catchUp();
    deepEqual(await notesOf("t"), ["begun"]);
    deepEqual([(await processOf("t"))?.timers, (await processOf("t"))?.commands], [undefined, 0]);
    deepEqual(
      (await parked()).map(({ key, error }) => [key, error]),
      [["t", "no more"]],
    );
  });
}
