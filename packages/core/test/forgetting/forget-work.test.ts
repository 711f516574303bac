import { MemoryEventStore } from "../../src/adapter";
import { ForgetWork } from "../../src/forgetting/forget-work";
import type { NeededEvents } from "../../src/forgetting/needed-events";
import type { ForgetRequest } from "../../src/ports/event-log";

const NEVER = new AbortController().signal;

interface Options {
  readonly needed?: () => NeededEvents;
  /** Called before a step in the store; what it throws is the failure of the step. */
  readonly forgetting?: (request: ForgetRequest) => void;
}

/** The events of two categories, forty of them in one stream each, whose times are their numbers; it is 60, and they are kept for 30. */
async function forgetWork({ needed = () => ({ doneUpTo: 80 }), forgetting = () => undefined }: Options = {}) {
  const { log } = new MemoryEventStore();
  const warnings: string[] = [];
  const requests: ForgetRequest[] = [];
  for (const category of ["customer", "order"]) {
    const messages = Array.from({ length: 40 }, (_, n) => {
      return { id: `${category}-${n}`, type: "Shop.Moved.v1", time: n, data: "{}", metadata: "{}" };
    });
    await log.append([{ stream: `${category}-1`, category, messages }]);
  }
  const work = new ForgetWork({
    aggregates: [{ name: "Customer", category: "customer", keepMs: 30 }],
    lanes: ["default"],
    log: {
      readAll: (range) => log.readAll(range),
      forget: (request) => {
        requests.push(request);
        forgetting(request);
        return log.forget(request);
      },
    },
    needed: async () => needed(),
    now: () => 60,
    logWarning: (message) => warnings.push(message),
    logError: (message) => warnings.push(message),
  });
  const first = (category: string) => log.readStream({ stream: `${category}-1`, category }, { from: 0, limit: 1 })[0];
  return { work, warnings, requests, first };
}

it("forgets what is older than it is kept, of the aggregates that it is given", async () => {
  const { work, first, warnings } = await forgetWork();
  expect(await work.runDue(["default"], NEVER)).toBe(30);
  expect([first("customer")?.position, first("order")?.position]).toEqual([30, 0]);
  expect(await work.runDue(["default"], NEVER)).toBe(0);
  expect(warnings).toEqual([]);
});

it("goes no further than events are done with, and says once what needs the others", async () => {
  const { work, first, warnings } = await forgetWork({ needed: () => ({ doneUpTo: 12, by: 'subscription "Moves"' }) });
  expect(await work.runDue(["default"], NEVER)).toBe(12);
  expect(await work.runDue(["default"], NEVER)).toBe(0);
  expect(first("customer")?.position).toBe(12);
  expect(warnings).toEqual([
    'Events of Customer are kept longer than keep_events says: subscription "Moves" needs those behind global position 12',
  ]);
});

it("says nothing where what is needed is not old enough anyway", async () => {
  const { work, warnings } = await forgetWork({ needed: () => ({ doneUpTo: 30, by: 'subscription "Moves"' }) });
  expect(await work.runDue(["default"], NEVER)).toBe(30);
  expect(warnings).toEqual([]);
});

it("ends with the signal, before anything else is forgotten", async () => {
  const { work, first } = await forgetWork();
  const reason = new Error("enough");
  await expect(work.runDue(["default"], AbortSignal.abort(reason))).rejects.toBe(reason);
  expect(first("customer")?.position).toBe(0);
});

it("goes on after a failure", async () => {
  let failures = 1;
  const { work } = await forgetWork({
    forgetting: () => {
      if (failures-- > 0) throw new Error("no room");
    },
  });
  await expect(work.runDue(["default"], NEVER)).rejects.toThrow("no room");
  expect(await work.runDue(["default"], NEVER)).toBe(30);
});

it("ends at once where nothing is under way, and does what is due then as well", async () => {
  const { work } = await forgetWork();
  work.start();
  expect(await work.end(1_000)).toBe(true);
  expect(await work.runDue(["default"], NEVER)).toBe(30);
});
