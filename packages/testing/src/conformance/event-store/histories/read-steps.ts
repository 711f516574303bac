import fc from "fast-check";

import { ref } from "../sample-events";
import { eventStream, STREAMS } from "./append-steps";
import { call, type History, type Step } from "./history";
import { SNAPSHOT_STREAMS, search } from "./snapshot-steps";

const anyStream = fc.constantFrom(...STREAMS);
const CATEGORIES = [...new Set(STREAMS.map((stream) => ref(stream).category))];
const limit = fc.constantFrom(1, 2, 3, 5, 1_000);
const bounds = { maxVersion: fc.integer({ min: -1, max: 12 }), maxTime: fc.integer({ min: -1, max: 30 }) };

/** Loads a stream as a repository does: a snapshot and the events after it, within bounds, in pages of any size. */
const loading: fc.Arbitrary<Step> = fc
  .record({ stream: eventStream, limit, snapshots: search, ...bounds }, { requiredKeys: ["stream", "limit"] })
  .map(
    ({ stream, ...request }) =>
      () =>
        call("fold", { ...ref(stream), ...request }),
  );

const loadingFromTheMiddle: fc.Arbitrary<Step> = fc
  .record({ stream: eventStream, limit, after: fc.nat(), ...bounds }, { requiredKeys: ["stream", "limit", "after"] })
  .map(({ stream, after, ...request }) => ({ model }) => {
    const length = model.version(ref(stream)) + 2;
    return call("foldAfter", { ...ref(stream), ...request, after: (after % length) - 1 });
  });

const readingAStream: fc.Arbitrary<Step> = fc.record({ stream: anyStream, from: fc.nat({ max: 12 }), limit }).map(
  ({ stream, from, limit }) =>
    () =>
      call("readStream", ref(stream), { from, limit }),
);

const readingTheEnd: fc.Arbitrary<Step> = fc.tuple(anyStream, fc.constantFrom("readLast", "version")).map(
  ([stream, method]) =>
    () =>
      call(method, ref(stream)),
);

/** Of one category or several, in the order of their names or in another, with some that have no event. */
const readingCategories: fc.Arbitrary<Step> = fc
  .record({
    categories: fc.uniqueArray(fc.constantFrom(...CATEGORIES, "nobody"), { minLength: 1, maxLength: 3 }),
    after: fc.nat(),
    limit,
  })
  .map(
    ({ categories, after, limit }) =>
      (history) =>
        call("readAll", { after: seen(history, after), limit, categories }),
  );

const readingAll: fc.Arbitrary<Step> = fc.record({ after: fc.nat(), limit }).map(
  ({ after, limit }) =>
    (history) =>
      call("readAll", { after: seen(history, after), limit }),
);

const listing: fc.Arbitrary<Step> = fc
  .record({ stream: anyStream, after: anyStream, limit }, { requiredKeys: ["stream", "limit"] })
  .map(
    ({ stream, ...page }) =>
      () =>
        call("listStreams", ref(stream).category, page),
  );

const snapshotStream = fc.constantFrom(...SNAPSHOT_STREAMS);

const listingSnapshots: fc.Arbitrary<Step> = fc
  .record({ stream: snapshotStream, after: snapshotStream, limit }, { requiredKeys: ["stream", "limit"] })
  .map(
    ({ stream, ...page }) =>
      () =>
        call("listSnapshotStreams", ref(stream).category, page),
  );

const readingSnapshots: fc.Arbitrary<Step> = snapshotStream.map((stream) => () => call("readSnapshots", ref(stream)));

export const reading: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: loading },
  { weight: 2, arbitrary: loadingFromTheMiddle },
  readingAStream,
  readingTheEnd,
  readingCategories,
  readingAll,
  listing,
  listingSnapshots,
  readingSnapshots,
);

/** Everything there is, for the end of a history. */
export const readingEverything: readonly Step[] = [
  () => call("readAll", { after: 0, limit: 1_000 }),
  ...STREAMS.flatMap((stream): Step[] => [
    () => call("fold", { ...ref(stream), limit: 3 }),
    () => call("readStream", ref(stream), { from: 0, limit: 1_000 }),
  ]),
  ...CATEGORIES.flatMap((category): Step[] => [
    () => call("listStreams", category, { limit: 1_000 }),
    () => call("readAll", { after: 0, limit: 1_000, categories: [category] }),
  ]),
  ...SNAPSHOT_STREAMS.flatMap((stream): Step[] => [
    () => call("readSnapshots", ref(stream)),
    () => call("listSnapshotStreams", ref(stream).category, { limit: 1_000 }),
  ]),
];

/** A cursor that a reader can have: 0, or the global position of an event. */
function seen({ model }: History, pick: number): number {
  return pick % (model.events.length + 1);
}
