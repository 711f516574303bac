import type { Operation, Table } from "@tidemark/core/adapter";
import fc from "fast-check";

import { ref } from "../sample-events";
import { appendWith, eventStream } from "./append-steps";
import { call, type History, type Step } from "./history";

export const TABLE: Table = {
  name: "balances",
  columns: [
    { name: "id", type: "text" },
    { name: "balance", type: "integer" },
  ],
};
export const KEYS = ["a", "b", "c"] as const;
export const BUCKETS = [0, 1] as const;
export const SUBSCRIPTION = "Balances";
export const INBOX = "payments";
export const MESSAGES = ["m1", "m2", "m3"] as const;
export const OWNERS = ["one", "other"] as const;
export const QUEUE_IDS = ["c1", "c2", "c3"] as const;
export const STATE_STREAMS = ["cart-1", "cart-11"] as const;

const key = fc.constantFrom(...KEYS);
const owner = fc.constantFrom(...OWNERS);
const name = fc.constantFrom("expiry", "reminder");
const id = fc.constantFrom(...QUEUE_IDS);
const number = fc.nat({ max: 9 });

/** Operations that are applied whatever there is. Times of timers differ, so that no two are equally early. */
const unconditional: fc.Arbitrary<(history: History) => Operation> = fc.oneof(
  fc
    .array(fc.tuple(key, fc.option(number)), { minLength: 1, maxLength: 2 })
    .map((rows) => (): Operation => ({ kind: "upsertRows", table: TABLE, rows })),
  fc.uniqueArray(key, { minLength: 1 }).map((keys) => (): Operation => ({ kind: "deleteRows", table: TABLE, keys })),
  fc.record({ owner, name }).map((timer) => (history: History): Operation => {
    const dueAt = history.newTimerTime();
    return { kind: "setTimer", timer: { ...timer, dueAt, data: `{"set":${dueAt}}` } };
  }),
  fc.record({ owner, name }).map((timer) => (): Operation => ({ kind: "removeTimer", ...timer })),
  fc
    .record({ id, lane: fc.constantFrom("x", "y"), priority: fc.integer({ min: -1, max: 1 }), dueAt: number })
    .map((entry) => (): Operation => ({ kind: "enqueue", entry: { ...entry, data: JSON.stringify(entry) } })),
);

/** Operations that may be refused: half of them are as the history has left things, the others nearly so. */
const conditional: fc.Arbitrary<(history: History) => Operation> = fc.oneof(
  fc
    .record({ bucket: fc.constantFrom(...BUCKETS, 7), to: number, off: fc.constantFrom(0, 0, 1), old: fc.boolean() })
    .map(({ bucket, to, off, old }) => ({ model }: History): Operation => {
      const { position = 0, generation = 0 } =
        model.operations.kept.checkpoints.find((each) => each.bucket === bucket) ?? {};
      const [from, under] = [position + off, old ? Math.max(generation - 1, 0) : generation];
      return { kind: "moveCheckpoint", subscription: SUBSCRIPTION, bucket, from, to, generation: under };
    }),
  fc
    .record({ buckets: fc.uniqueArray(fc.constantFrom(...BUCKETS, 7)), to: number, off: fc.constantFrom(0, 0, 1) })
    .map(({ buckets, to, off }) => ({ model }: History): Operation => {
      const expected = model.operations.kept.checkpoints.map(({ bucket, position, generation }) => ({
        bucket,
        position: position + off,
        generation,
      }));
      const checkpoints = buckets.map((bucket) => ({ bucket, position: to }));
      return { kind: "replaceCheckpoints", subscription: SUBSCRIPTION, expected, checkpoints };
    }),
  fc
    .record({
      key,
      position: fc.constantFrom(1, 2),
      off: fc.constantFrom(0, 0, 1),
      attempts: number,
      isPut: fc.boolean(),
    })
    .map(({ key, position, off, attempts, isPut }) => ({ model }: History): Operation => {
      const found = model.operations.kept.parked.find((each) => each.key === key && each.position === position);
      const place = { subscription: SUBSCRIPTION, key, position };
      if (!isPut) return { kind: "removeParked", ...place, expected: (found?.revision ?? 0) + off };
      const expected = found === undefined && off === 0 ? null : (found?.revision ?? 0) + off;
      return {
        kind: "putParked",
        parked: { ...place, state: "parked", attempts, data: `{"after":${attempts}}` },
        expected,
      };
    }),
  fc
    .record({ id: fc.constantFrom(...MESSAGES), receivedAt: number })
    .map((message) => (): Operation => ({ kind: "receiveMessage", inbox: INBOX, ...message })),
  fc.record({ owner, name, off: fc.constantFrom(0, 1) }).map(({ off, ...timer }) => ({ model }: History): Operation => {
    const set = model.operations.kept.timers.find((each) => each.owner === timer.owner && each.name === timer.name);
    return { kind: "removeTimer", ...timer, dueAt: (set?.dueAt ?? 0) + off };
  }),
  id.map((each) => (): Operation => ({ kind: "dequeue", id: each })),
  fc
    .record({ stream: fc.constantFrom(...STATE_STREAMS), off: fc.constantFrom(0, 0, 1, -1), isPut: fc.boolean() })
    .map(({ stream, off, isPut }) => ({ model }: History): Operation => {
      const version = model.operations.kept.states.find((each) => each.stream === stream)?.version ?? -1;
      const expectedVersion = Math.max(version + off, -1);
      if (!isPut) return { kind: "deleteState", stream, expectedVersion };
      const state = { ...ref(stream), version: version + 1, data: `{"at":${version + 1}}` };
      return { kind: "putState", state, expectedVersion };
    }),
);

/** At most one of them can be refused, so that every store says the same of it. */
const operations = fc
  .record({
    some: fc.array(unconditional, { maxLength: 3 }),
    one: fc.option(conditional, { nil: undefined }),
    place: fc.nat({ max: 3 }),
  })
  .map(({ some, one, place }) => (history: History): readonly Operation[] => {
    const all = one === undefined ? some : some.toSpliced(place, 0, one);
    return all.map((each) => each(history));
  });

export const flushing: fc.Arbitrary<Step> = operations.map((chosen) => (history) => call("flush", chosen(history)));

/** Appends events as they are expected, together with operations, of which one may be refused. */
export const appendingWithOperations: fc.Arbitrary<Step> = fc.tuple(eventStream, operations).map(
  ([stream, chosen]) =>
    (history) =>
      appendWith(history, stream, chosen(history)),
);

export const raisingGenerations: fc.Arbitrary<Step> = fc
  .constantFrom(...BUCKETS)
  .map((bucket) => () => call("raiseGeneration", bucket));

export const readingWhatIsKept: fc.Arbitrary<Step> = fc.oneof(
  fc.constant<Step>(() => call("readKept")),
  fc.nat({ max: 30 }).map((now) => () => call("due", now)),
  fc.record({ lane: fc.constantFrom("x", "y"), now: number, limit: fc.constantFrom(1, 2, 9) }).map(
    ({ lane, now, limit }) =>
      () =>
        call("waiting", lane, now, limit),
  ),
);
