import type { Operation, QueueClaim, QueuePage, Table } from "@tidemark/core/adapter";
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
export const QUEUE_IDS = ["c1", "c2", "c3", "c4", "c5"] as const;
export const STATE_STREAMS = ["cart-1", "cart-11"] as const;

const key = fc.constantFrom(...KEYS);
const owner = fc.constantFrom(...OWNERS);
const name = fc.constantFrom("expiry", "reminder");
const id = fc.constantFrom(...QUEUE_IDS);
const number = fc.nat({ max: 9 });
const lane = fc.constantFrom("x", "y");
const lanes = fc.constantFrom<readonly string[]>(["x"], ["y", "nobody"], ["x", "y"], ["x", "y"]);
const worker = fc.constantFrom("w1", "w2");
const queueState = fc.constantFrom("waiting", "waiting", "parked", "done", "refused", "expired", "cancelled");

/** An entry of a queue, whose place in a line is that of its id, so that no two have the same. */
const newEntry = fc
  .record({
    id,
    lane,
    type: fc.constantFrom("A", "B"),
    priority: fc.integer({ min: -1, max: 1 }),
    dueAt: number,
    expiresAt: fc.option(number, { nil: undefined }),
    line: fc.option(fc.constantFrom("l1", "l2"), { nil: undefined }),
    replaces: fc.constantFrom(true, false, undefined),
  })
  .map(({ dueAt, expiresAt, line, replaces, ...entry }): Operation => {
    const [due, expires] = [{ at: dueAt }, expiresAt === undefined ? undefined : { at: expiresAt }];
    const data = JSON.stringify({ ...entry, dueAt });
    return {
      kind: "enqueue",
      entry: { ...entry, due, expires, line, number: QUEUE_IDS.indexOf(entry.id), data },
      ...(replaces !== undefined && { replaces }),
    };
  });

/** Operations that are applied whatever there is. Some timers are set anew for the time that they have. */
const unconditional: fc.Arbitrary<(history: History) => Operation> = fc.oneof(
  fc
    .array(fc.tuple(key, fc.option(number)), { minLength: 1, maxLength: 2 })
    .map((rows) => (): Operation => ({ kind: "upsertRows", table: TABLE, rows })),
  fc.uniqueArray(key, { minLength: 1 }).map((keys) => (): Operation => ({ kind: "deleteRows", table: TABLE, keys })),
  {
    weight: 2,
    arbitrary: fc.record({ owner, name }).map((timer) => (history: History): Operation => {
      const number = history.newTimerNumber();
      return { kind: "setTimer", timer: { ...timer, data: `{"set":${number}}` }, due: { at: Math.floor(number / 3) } };
    }),
  },
  fc.record({ owner, name }).map((timer) => (): Operation => ({ kind: "removeTimer", ...timer })),
  { weight: 2, arbitrary: newEntry.map((operation) => (): Operation => operation) },
);

/** Settles an entry with the revision that it has, or with another one. */
const settling: fc.Arbitrary<(history: History) => Operation> = fc
  .record({
    id,
    off: fc.constantFrom(0, 0, 0, 1, -1),
    change: fc.option(
      fc.record(
        {
          state: queueState,
          attempts: number,
          dueAt: number,
          outcome: fc.constantFrom('"a"', '"b"'),
          claims: number,
        },
        { requiredKeys: ["state", "attempts"] },
      ),
      { nil: undefined, freq: 8 },
    ),
  })
  .map(({ id, off, change }) => ({ model }: History): Operation => {
    const found = model.operations.kept.queue.find((each) => each.id === id);
    const expected = Math.max((found?.revision ?? 0) + off, 0);
    if (change === undefined) return { kind: "settleEntry", id, expected };
    const { dueAt, ...others } = change;
    return {
      kind: "settleEntry",
      id,
      expected,
      change: { ...others, ...(dueAt !== undefined && { due: { at: dueAt } }) },
    };
  });

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
  {
    weight: 2,
    arbitrary: fc
      .record({ owner, name, off: fc.constantFrom(0, 0, 1), isSetAnew: fc.boolean() })
      .map(({ off, isSetAnew, ...timer }) => ({ model }: History): Operation => {
        const set = model.operations.kept.timers.find((each) => each.owner === timer.owner && each.name === timer.name);
        const data = set === undefined || isSetAnew ? '{"set":0}' : set.data;
        return { kind: "removeTimer", ...timer, expected: { dueAt: (set?.dueAt ?? 0) + off, data } };
      }),
  },
  settling,
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

const claim: fc.Arbitrary<QueueClaim> = fc
  .record({
    worker,
    lanes,
    limit: fc.constantFrom(1, 2, 9),
    oldest: fc.nat({ max: 2 }),
    claimMs: fc.constantFrom(1, 5, 50),
    now: number,
  })
  .map(({ oldest, ...each }) => ({ ...each, oldest: Math.min(oldest, each.limit) }));

/** Entries of different ids. */
const newEntries = fc.uniqueArray(newEntry, {
  selector: (each) => (each.kind === "enqueue" ? each.entry.id : ""),
  minLength: 2,
});

/** Adds entries to the queue, claims and settles them, extends and releases claims, and forgets what is finished. */
export const queueing: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: newEntries.map((entries) => () => call("flush", entries)) },
  { weight: 4, arbitrary: settling.map((one) => (history: History) => call("flush", [one(history)])) },
  { weight: 6, arbitrary: claim.map((each) => () => call("claim", each)) },
  {
    weight: 2,
    arbitrary: fc
      .record({ worker, ids: fc.uniqueArray(id), claimMs: number, begins: fc.boolean(), now: number })
      .map((extension) => () => call("extend", extension)),
  },
  { weight: 2, arbitrary: fc.tuple(worker, fc.uniqueArray(id)).map((told) => () => call("release", ...told)) },
  { weight: 1, arbitrary: fc.constant<Step>(() => call("forgetFinished")) },
);

const limit = fc.constantFrom(1, 2, 99);

const entriesPage: fc.Arbitrary<QueuePage> = fc
  .record(
    {
      states: fc.uniqueArray(queueState),
      lanes,
      types: fc.constantFrom<readonly string[]>(["A"], ["B", "nobody"]),
      line: fc.constantFrom("l1", "l2"),
      after: id,
    },
    { requiredKeys: [] },
  )
  .chain((page) => limit.map((limit) => ({ ...page, limit })));

/** What is there, and what is next. */
export const readingWhatIsKept: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Step>(() => call("readKept")) },
  {
    weight: 4,
    arbitrary: fc.record({ now: fc.nat({ max: 12 }), limit, of: fc.constantFrom(1, 2, 3), index: number }).map(
      ({ of, index, ...query }) =>
        () =>
          call("due", { ...query, part: { of, index: index % of } }),
    ),
  },
  fc.nat({ max: 12 }).map((now) => () => call("due", { now, limit: 99 })),
  number.map((now) => () => call("untilTimer", now)),
  fc
    .record({ prefix: fc.constantFrom("o", "one", "other"), after: fc.record({ owner, name }) }, { requiredKeys: [] })
    .chain((page) => limit.map((limit) => () => call("listTimers", { ...page, limit }))),
  fc.tuple(lanes, number).map((told) => () => call("untilNext", ...told)),
  entriesPage.map((page) => () => call("listEntries", page)),
  fc.constant<Step>(() => call("counts")),
  number.map((now) => () => call("overdue", now)),
  fc
    .option(fc.constantFrom(...STATE_STREAMS, "cart-10"), { nil: undefined })
    .chain((after) =>
      limit.map((limit) => () => call("listStates", "cart", { limit, ...(after !== undefined && { after }) })),
    ),
);
