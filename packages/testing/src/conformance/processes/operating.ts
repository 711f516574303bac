import { deepEqual, equal, ok, rejects } from "node:assert/strict";

import {
  CommandStateError,
  type NamedTimer,
  type ProcessStatus,
  type QueuedCommandStatus,
  type RecordedEvent,
  type TimerStatus,
} from "@tidemark/core";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { runSagas } from "./sagas-under-test";
import { testClock } from "./timing";

const MINUTE = 60_000;
/** Without the lane in which slow commands wait. */
const DEFAULT = { lanes: ["default"] };
const LANES = { server: { embedded: false, lanes: { slow: { concurrency: 1 } } } };

export function operating(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("see how far each instance is, and what it waits for", async () => {
    const clock = testClock();
    const { domain, Saga, begin, finish } = await runSagas(at.adapter, { clock, config: LANES });
    const now = clock.now();
    await begin("a", {
      note: "begun",
      does: ["issue slowly tidy", "timer expiry after 10m", "timer reminder after 5m"],
    });
    await begin("b");
    await finish("b");
    await domain.catchUp(DEFAULT);
    const [a, b, ...others] = await domain.processes({ name: "Saga" });
    deepEqual(others, []);
    deepEqual([a!.id, a!.status, a!.steps, a!.commands, a!.startedAt], ["a", "running", 1, 1, now]);
    deepEqual(a!.timers, [
      { name: "reminder", dueAt: new Date(now.getTime() + 5 * MINUTE) },
      { name: "expiry", dueAt: new Date(now.getTime() + 10 * MINUTE) },
    ]);
    deepEqual([b!.id, b!.status, b!.steps, b!.commands, b!.endedAt], ["b", "ended", 2, 0, now]);
    deepEqual((await domain.processOf(Saga, "a")).state?.notes, ["begun"]);
    const [command, ...more] = await domain.commands({ issuedBy: { process: "Saga", id: "a" } });
    deepEqual(more, []);
    deepEqual([command!.type, command!.state, command!.lane], ["Sagas.Act.v1", "waiting", "slow"]);
  });

  it("see which of several instances has issued which command for one event", async () => {
    const { domain, begin, share } = await runSagas(at.adapter, { config: LANES });
    for (const id of ["a", "b"]) await begin(id);
    await share(["b", "a"], { note: "shared", does: ["issue slowly tidy", "issue slowly sweep"] });
    await domain.catchUp(DEFAULT);
    const issued = new Map<string | undefined, string[]>([
      ["a", []],
      ["b", []],
    ]);
    for (const { id, issuedBy } of await domain.commands()) issued.get(issuedBy?.id)?.push(id);
    const events: RecordedEvent[] = [];
    for await (const event of domain.eventStore.readCategory("sagas::notice")) events.push(event);
    const commands = [...issued.values()].flat();
    equal(commands.length, 4);
    deepEqual(
      domain
        .processSteps(events.at(-1)!, commands)
        .map(({ process, id, method, issued: ids }) => [process, id, method, new Set(ids)]),
      ["b", "a"].map((id) => ["Saga", id, "Saga.shared", new Set(issued.get(id))]),
    );
  });

  it("go on behind any instance, timer and command, until all are listed", async () => {
    const { domain, begin } = await runSagas(at.adapter, { config: LANES });
    const ids = ["a", "a-b", "ab", "b", "\u{1f600}", "\ufb01"];
    for (const id of ids) await begin(id, { note: "begun", does: ["issue slowly tidy", "timer expiry after 10m"] });
    await domain.catchUp(DEFAULT);
    const sorted = ids.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    deepEqual(
      (
        await all<ProcessStatus>((after) => domain.processes({ limit: 2, status: "running", ...(after && { after }) }))
      ).map(idOf),
      sorted,
    );
    deepEqual(
      (await all<TimerStatus>((after) => domain.timers({ limit: 2, ...(after && { after }) }))).map(idOf),
      sorted,
    );
    const commands = await all<QueuedCommandStatus>((after) =>
      domain.commands({ limit: 2, ...(after && { after: after.id }) }),
    );
    deepEqual(new Set(commands.map(({ issuedBy }) => issuedBy?.id)), new Set(ids));
    equal(commands.length, ids.length);
  });

  it("let a timer fire early, once for all who ask for it at once", async () => {
    const clock = testClock();
    const { domain, begin, notesOf } = await runSagas(at.adapter, { clock });
    await begin("f", { note: "begun", does: ["timer expiry after 10m", "timer reminder after 20m"] });
    await domain.catchUp();
    const expiry = { process: "Saga", id: "f", name: "expiry" };
    const fired = await Promise.all(Array.from({ length: 8 }, () => domain.fireTimer(expiry)));
    ok(fired.includes(true));
    equal(await domain.fireTimer(expiry), false);
    await domain.catchUp();
    deepEqual(await notesOf("f"), ["begun", "expiry"]);
    clock.advance(20 * MINUTE);
    await domain.catchUp();
    deepEqual(await notesOf("f"), ["begun", "expiry", "reminder"]);
  });

  it("take a timer away, which then does not fire", async () => {
    const clock = testClock();
    const { domain, begin, notesOf } = await runSagas(at.adapter, { clock });
    await begin("c", { note: "begun", does: ["timer expiry after 10m"] });
    await domain.catchUp();
    const expiry: NamedTimer = { process: "Saga", id: "c", name: "expiry" };
    deepEqual([await domain.cancelTimer(expiry), await domain.cancelTimer(expiry)], [true, false]);
    clock.advance(20 * MINUTE);
    await domain.catchUp();
    deepEqual(await notesOf("c"), ["begun"]);
  });

  it("cancel a command that waits, of which its instance is told as of a refusal", async () => {
    const { domain, begin, notesOf, deedsOf } = await runSagas(at.adapter, { config: LANES });
    await begin("k", { note: "begun", does: ["issue slowly tidy", "issue slowly sweep"] });
    await domain.catchUp(DEFAULT);
    const found = await domain.commands({ issuedBy: { process: "Saga", id: "k" } });
    const { id } = found.find(({ command }) => (command as { readonly note: string }).note === "tidy")!;
    equal((await domain.cancelCommand(id, { by: "ann", reason: "it is clean" })).state, "cancelled");
    await rejects(domain.cancelCommand(id), CommandStateError);
    await domain.catchUp();
    deepEqual(await deedsOf("k"), ["sweep"]);
    const [begun, refused, ...more] = (await notesOf("k"))!;
    deepEqual([begun, more], ["begun", []]);
    ok(refused!.startsWith("tidy refused: CommandCancelledError COMMAND_CANCELLED "));
    const { state, by, reason } = await domain.commandHandle(id).status();
    deepEqual([state, by, reason], ["cancelled", "ann", "it is clean"]);
  });

  it("let a command that was parked wait again, and those behind it after it", async () => {
    let isBroken = true;
    const { domain, begin, deedsOf } = await runSagas(at.adapter, {
      config: { processing: { retry: { attempts: 7, first: "1s", max: "1s" } } },
      act: (note) => {
        if (isBroken && note === "first") throw new TypeError("out of order");
      },
    });
    await begin("p", { note: "begun", does: ["issue first", "issue second"] });
    await domain.catchUp();
    const [parked, ...others] = await domain.commands({ states: ["parked"] });
    deepEqual([parked?.attempts, parked?.error?.message, others], [8, "out of order", []]);
    deepEqual(await deedsOf("p"), []);
    isBroken = false;
    const again = await domain.retryCommand(parked!.id, { by: "ann" });
    deepEqual([again.state, again.attempts, again.by], ["waiting", 0, "ann"]);
    await rejects(domain.retryCommand(parked!.id), CommandStateError);
    await domain.catchUp();
    deepEqual(await deedsOf("p"), ["first", "second"]);
    deepEqual(await domain.commands(), []);
  });
}

function idOf({ id }: { readonly id: string }): string {
  return id;
}

/** Reads a list page by page, each behind the last item of the one before. */
async function all<T extends object>(page: (after: T | undefined) => Promise<readonly T[]>): Promise<readonly T[]> {
  const found: T[] = [];
  for (;;) {
    const next = await page(found.at(-1));
    if (next.length === 0) return found;
    found.push(...next);
  }
}
