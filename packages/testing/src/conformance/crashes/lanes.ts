import type { AppendRequest, EventStoreAdapter, Operation, Table } from "@tidemark/core/adapter";

import { enqueue, entry, settle } from "../event-store/operations/sample-entries";
import { removeTimer, setTimer, timer } from "../event-store/operations/sample-operations";
import { range, ref, storedNote } from "../event-store/sample-events";

/** Each lane is written on its own, all at the same time. The last one has no events, only operations. */
export const LANES = [0, 1, 2, 3] as const;
const WITHOUT_EVENTS = 3;

/** How many events a step adds to the first of its two streams. */
const EVENTS = 3;

export const TABLE: Table = {
  name: "steps",
  columns: [
    { name: "id", type: "text" },
    { name: "step", type: "integer" },
  ],
};
export const SUBSCRIPTION = "Lanes";

/** The events of a step, in two streams. */
export function requestsOf(lane: number, step: number): readonly AppendRequest[] {
  if (lane === WITHOUT_EVENTS) return [];
  const events = (side: string, count: number) =>
    range(count).map((n) => storedNote(step, { id: `${side}-${lane}-${step}-${n}` }));
  return [
    { ...ref(`left-${lane}`), expectedVersion: EVENTS * step - 1, messages: events("left", EVENTS) },
    { ...ref(`right-${lane}`), expectedVersion: step - 1, messages: events("right", 1) },
  ];
}

/** Operations of every kind, each of which rests upon those of the step before. */
export function operationsOf(lane: number, step: number): readonly Operation[] {
  const name = (n: number) => `${lane}-${n}`;
  const before = step - 1;
  return [
    { kind: "upsertRows", table: TABLE, rows: [[name(step), step]] },
    { kind: "moveCheckpoint", subscription: SUBSCRIPTION, bucket: lane, from: step, to: step + 1, generation: 0 },
    setTimer(timer(name(step), step, { owner: `${lane}` })),
    enqueue(entry(name(step), { lane: `${lane}`, line: `${lane}`, number: step })),
    {
      kind: "putState",
      state: { ...ref(`cart-${lane}`), version: step, data: `{"step":${step}}` },
      expectedVersion: before,
    },
    ...(step === 0
      ? []
      : ([
          { kind: "deleteRows", table: TABLE, keys: [name(before)] },
          removeTimer(name(before), timer(name(before), before), `${lane}`),
          settle(name(before), 0, { state: "done", attempts: 0 }),
        ] as const)),
    // The entry that the step before has settled.
    ...(step < 2 ? [] : [settle(name(step - 2), 1)]),
  ];
}

/** How many steps of a lane are stored, by its events or, where it has none, by its state. */
export async function stepsIn(adapter: EventStoreAdapter, lane: number): Promise<number> {
  if (lane !== WITHOUT_EVENTS) return (await adapter.log.version(ref(`right-${lane}`))) + 1;
  const state = await adapter.operations?.states.load(ref(`cart-${lane}`));
  return (state?.version ?? -1) + 1;
}

/** What a lane has left, to compare as a whole with what so many steps leave. */
export async function storedContents(adapter: EventStoreAdapter, lane: number, steps: number): Promise<object> {
  const streams = ["left", "right"].map((side) => ref(`${side}-${lane}`));
  const ids = [];
  for (const stream of streams) {
    const messages = await adapter.log.readStream(stream, { from: 0, limit: 1_000_000 });
    ids.push(Array.from(messages, ({ id }) => id));
  }
  const { operations } = adapter;
  if (operations === undefined) return { ids };
  const { readModels, subscriptions, timers, commandQueue, states } = operations;
  await readModels.createTable(TABLE);
  const rows = await readModels.rows(
    TABLE,
    range(steps + 2).map((step) => `${lane}-${step}`),
  );
  const checkpoints = await subscriptions.checkpoints(SUBSCRIPTION);
  const queue = await commandQueue.list({ lanes: [`${lane}`], limit: 1_000 });
  return {
    ids,
    rows: Array.from(rows, (row) => Array.from(row)),
    position: checkpoints.find(({ bucket }) => bucket === lane)?.position ?? 0,
    timers: Array.from(await timers.ofOwner(`${lane}`), ({ name }) => name),
    queue: Array.from(queue, ({ id, state, revision }) => [id, state, revision]).sort(([, a], [, b]) =>
      String(a).localeCompare(String(b)),
    ),
    state: (await states.load(ref(`cart-${lane}`)))?.version ?? -1,
  };
}

export function expectedContents(adapter: EventStoreAdapter, lane: number, steps: number): object {
  const requests = range(steps).flatMap((step) => requestsOf(lane, step));
  const ids = ["left", "right"].map((side) =>
    requests.filter(({ category }) => category === side).flatMap(({ messages }) => messages.map(({ id }) => id)),
  );
  if (adapter.operations === undefined) return { ids };
  const last = steps === 0 ? [] : [`${lane}-${steps - 1}`];
  const rows = last.map((id) => [id, steps - 1]);
  const queue = [...(steps < 2 ? [] : [[`${lane}-${steps - 2}`, "done", 1]]), ...last.map((id) => [id, "waiting", 0])];
  return { ids, rows, position: steps, timers: last, queue, state: steps - 1 };
}
