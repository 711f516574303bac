import { deepEqual, equal, match, ok } from "node:assert/strict";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { runSagas } from "./sagas-under-test";

/** A clock that stands still until a test sets it. */
export function testClock(start = Date.UTC(2024, 0, 1)) {
  let now = start;
  return {
    now: () => new Date(now),
    advance: (ms: number) => {
      now += ms;
    },
  };
}

const MINUTE = 60_000;
/** How far the clock of a store and that of this process may be apart. */
const CLOCKS_APART_MS = 50;

export function timing(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("fire when their time has come, not before, once, after a restart too", async () => {
    const clock = testClock();
    const first = await runSagas(at.adapter, { clock });
    await first.begin("t", { note: "begun", does: ["timer expiry after 10m"] });
    await first.domain.catchUp();
    deepEqual(await first.timersOf("t"), [{ name: "expiry", dueAt: clock.now().getTime() + 10 * MINUTE }]);
    clock.advance(10 * MINUTE - 1);
    await first.domain.catchUp();
    deepEqual(await first.notesOf("t"), ["begun"]);
    await first.domain.close();
    clock.advance(1);
    const second = await runSagas(at.adapter, { clock });
    await second.domain.catchUp();
    deepEqual([await second.notesOf("t"), await second.timersOf("t")], [["begun", "expiry"], []]);
    equal((await second.processOf("t"))?.timers, undefined);
    clock.advance(60 * MINUTE);
    await second.domain.catchUp();
    deepEqual(await second.notesOf("t"), ["begun", "expiry"]);
  });

  it("fire at once where their time is past, and in the order of their times", async () => {
    const clock = testClock();
    const { domain, begin, notesOf } = await runSagas(at.adapter, { clock });
    const past = clock.now().getTime() - MINUTE;
    await begin("p", { note: "begun", does: [`timer expiry at ${past}`, `timer reminder at ${past - 1}`] });
    await domain.catchUp();
    deepEqual(await notesOf("p"), ["begun", "reminder", "expiry"]);
  });

  it("are cancelled, once or twice, and set anew, each without the others", async () => {
    const clock = testClock();
    const { domain, begin, tell, notesOf, timersOf } = await runSagas(at.adapter, { clock });
    const set = { note: "begun", does: ["timer expiry after 10m", "timer reminder after 5m"] };
    for (const id of ["cancelled", "anew", "left"]) await begin(id, set);
    await domain.catchUp();
    await tell("cancelled", { note: "cancel", does: ["cancel expiry", "cancel expiry"] });
    await tell("cancelled", { note: "once more", does: ["cancel expiry"] });
    await tell("anew", { note: "again", does: ["cancel expiry", "timer expiry after 20m"] });
    await domain.catchUp();
    clock.advance(5 * MINUTE);
    await domain.catchUp();
    deepEqual(await notesOf("left"), ["begun", "reminder"]);
    deepEqual(
      (await timersOf("left")).map(({ name }) => name),
      ["expiry"],
    );
    clock.advance(5 * MINUTE);
    await domain.catchUp();
    deepEqual(await notesOf("left"), ["begun", "reminder", "expiry"]);
    deepEqual(await notesOf("cancelled"), ["begun", "cancel", "once more", "reminder"]);
    deepEqual(await notesOf("anew"), ["begun", "again", "reminder"]);
    clock.advance(10 * MINUTE);
    await domain.catchUp();
    deepEqual(await notesOf("anew"), ["begun", "again", "reminder", "expiry"]);
    deepEqual([await timersOf("anew"), await timersOf("cancelled")], [[], []]);
  });

  it("do nothing where they were cancelled or set anew while they fired", async () => {
    const clock = testClock();
    const { domain, begin, tell, fire, notesOf, timersOf } = await runSagas(at.adapter, { clock });
    const set = { note: "begun", does: ["timer expiry after 1m"] };
    for (const id of ["cancelled", "anew"]) await begin(id, set);
    await domain.catchUp();
    // What the instances are told lies before the timers that fire, but they have not heard of it yet.
    await tell("cancelled", { note: "cancel", does: ["cancel expiry"] });
    await tell("anew", { note: "again", does: ["timer expiry after 1m"] });
    for (const id of ["cancelled", "anew"]) await fire(id, "expiry");
    await domain.catchUp();
    deepEqual(await notesOf("cancelled"), ["begun", "cancel"]);
    deepEqual(await notesOf("anew"), ["begun", "again"]);
    deepEqual(
      (await timersOf("anew")).map(({ name }) => name),
      ["expiry"],
    );
    clock.advance(MINUTE);
    await domain.catchUp();
    deepEqual([await notesOf("anew"), await timersOf("anew")], [["begun", "again", "expiry"], []]);
  });

  it("are cancelled by the end of their instance, whose state is deleted", async () => {
    const clock = testClock();
    const first = await runSagas(at.adapter, { clock });
    const set = { note: "begun", does: ["timer expiry after 10m", "timer reminder after 5m"] };
    for (const id of ["ended", "completed"]) await first.begin(id, set);
    await first.domain.catchUp();
    await first.domain.close();
    // No process has the instances loaded.
    const { domain, tell, finish, processOf, timersOf, parked } = await runSagas(at.adapter, { clock });
    await finish("ended");
    await tell("completed", { note: "complete", does: ["timer expiry after 1m", "complete"] });
    await domain.catchUp();
    for (const id of ["ended", "completed"]) {
      const process = await processOf(id);
      deepEqual([process?.status, process?.state, process?.timers, process?.steps], ["ended", undefined, undefined, 2]);
      deepEqual(await timersOf(id), []);
    }
    clock.advance(60 * MINUTE);
    await domain.catchUp();
    deepEqual([await parked(), (await processOf("ended"))?.steps], [[], 2]);
  });

  it("carry correlation and causation to what follows from them", async () => {
    const clock = testClock();
    const { domain, begin, messages, category } = await runSagas(at.adapter, { clock });
    await begin("c", { note: "loud", does: ["timer expiry after 1m"] }, "notice-c");
    const [begun] = await messages("sagas::notice-notice-c");
    const { correlationId } = JSON.parse(begun!.metadata) as { readonly correlationId: string };
    await domain.catchUp();
    clock.advance(MINUTE);
    await domain.catchUp();
    const [fired] = await messages(`${category}-c`);
    equal(fired?.type, "Sagas.SagaTimerFired.v1");
    deepEqual(JSON.parse(fired!.metadata), {
      correlationId,
      cause: { eventId: begun!.id, type: "Sagas.Begun.v1", handler: "Saga" },
    });
  });

  it("fire by the server, by the clock of the store, where the domain was given none", async () => {
    const { domain, begin, notesOf, timersOf } = await runSagas(at.adapter);
    const server = await domain.serve();
    const before = Date.now();
    await begin("s", { note: "begun", does: ["timer reminder after 1s", `timer expiry at ${before - 1}`] });
    for (let left = 600; left > 0 && (await notesOf("s"))?.length !== 3; left--)
      await new Promise((resolve) => setTimeout(resolve, 25));
    deepEqual(await notesOf("s"), ["begun", "expiry", "reminder"]);
    ok(Date.now() - before >= 1_000, "the reminder has fired too early");
    deepEqual(await timersOf("s"), []);
    await server.close();
  });

  it("fire each once, many due at the same time, while other events go on", async () => {
    const clock = testClock();
    const { domain, begin, append, tell, notesOf, category, messages } = await runSagas(at.adapter, { clock });
    const ids = Array.from({ length: 1_000 }, (_, index) => `many-${index}`);
    await append(
      ids.map((sagaId) => ({
        type: "Begun",
        data: { sagaId, note: "begun", does: ["timer expiry after 1m", "timer reminder after 1m"] },
      })),
    );
    await domain.catchUp();
    clock.advance(MINUTE);
    await begin("other");
    const server = await domain.serve();
    await tell("other", { note: "meanwhile" });
    const last = ids.at(-1)!;
    for (let left = 800; left > 0 && (await notesOf(last))?.length !== 3; left--)
      await new Promise((resolve) => setTimeout(resolve, 25));
    await server.close();
    await domain.catchUp();
    for (const id of ids) {
      deepEqual((await notesOf(id))?.toSorted(), ["begun", "expiry", "reminder"]);
      equal((await messages(`${category}-${id}`)).length, 2);
    }
    deepEqual(await notesOf("other"), ["begun", "meanwhile"]);
  });

  it("fire once each, not before their time, by several servers, of which one goes away", async () => {
    const start = Date.now();
    const sagas = [await runSagas(at.adapter)];
    for (let more = 0; more < 2; more++)
      sagas.push(await runSagas(at.adapter.abilities.sharedByProcesses ? await at.another() : at.adapter));
    const [first] = sagas as [(typeof sagas)[number], ...typeof sagas];
    const servers = await Promise.all(sagas.map(({ domain }) => domain.serve()));
    const ids = Array.from({ length: 150 }, (_, index) => `several-${index}`);
    const dueAt = start + 1_500;
    await first.append(
      ids.map((sagaId, index) => ({
        type: "Begun",
        data: { sagaId, note: "begun", does: [`timer expiry at ${dueAt + index}`, "timer reminder after 1s"] },
      })),
    );
    const haveFired = async () => {
      for (const id of ids.toReversed()) if ((await first.notesOf(id))?.length !== 3) return false;
      return true;
    };
    while (Date.now() < dueAt + 20) await new Promise((resolve) => setTimeout(resolve, 10));
    await servers.pop()!.close();
    for (let left = 1_200; left > 0 && !(await haveFired()); left--)
      await new Promise((resolve) => setTimeout(resolve, 25));
    await Promise.all(servers.map((server) => server.close()));
    for (const id of ids) {
      deepEqual((await first.notesOf(id))?.toSorted(), ["begun", "expiry", "reminder"]);
      const fired = await first.messages(`${first.category}-${id}`);
      equal(fired.length, 2);
      for (const { time, data } of fired) {
        const { name, dueAt: due } = JSON.parse(data) as { readonly name: string; readonly dueAt: number };
        ok(time >= due - CLOCKS_APART_MS, `${name} of ${id} has fired ${due - time} ms too early`);
      }
    }
  });

  it("set the instance aside where their method fails, and are done again with it", async () => {
    const clock = testClock();
    const { domain, begin, notesOf, parked } = await runSagas(at.adapter, { clock });
    await begin("f", { note: "begun", does: ["timer expiry after 1m"] });
    await domain.catchUp();
    // A timer that the code does not have any more.
    const [timer] = await at.adapter.operations!.timers.ofOwner("sagas::saga-f");
    const { timerId } = JSON.parse(timer!.data) as { readonly timerId: string };
    const state = (await at.adapter.operations!.states.load({ stream: "sagas::saga-f", category: "sagas::saga" }))!;
    const data = JSON.stringify({ ...(JSON.parse(state.data) as object), timers: { gone: timerId } });
    await at.adapter.operations!.flush([
      { kind: "putState", state: { ...state, version: state.version + 1, data }, expectedVersion: state.version },
      { kind: "removeTimer", owner: timer!.owner, name: timer!.name },
      { kind: "setTimer", timer: { ...timer!, name: "gone" }, due: { at: timer!.dueAt } },
    ]);
    clock.advance(MINUTE);
    await domain.catchUp();
    const [found] = await parked();
    match(found?.error ?? "", /Timer "gone" of Saga "f" has fired: Saga has no @timer\("gone"\) method/);
    deepEqual([found?.key, await notesOf("f")], ["f", ["begun"]]);
  });
}
