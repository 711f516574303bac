import { join } from "node:path";

import type { LoadedStream, LoadRequest, SnapshotKind } from "@tidemark/core/adapter";

import type { SqliteEventStore } from "../src";
import { EventStreams } from "../src/event-streams";
import { LoadAtOnce } from "../src/load-at-once";
import { inFile, sqliteStore } from "./driver-under-test";
import { append, message, ref, snapshot } from "./messages";
import { temporaryFolder } from "./temporary-folder";

const LAST = 9;
const ids = Array.from({ length: LAST + 1 }, (_, position) => `e${position}`);
const KIND: SnapshotKind = { schemaVersion: 1, fingerprint: "f1" };
const search = { ...ref("account:snapshot-1"), kinds: [KIND] };
const request: LoadRequest = { ...ref("account-1"), snapshots: search, limit: 500 };

let path: string;
let store: SqliteEventStore;
beforeEach(async () => {
  path = join(temporaryFolder(), "loads.db");
  store = sqliteStore({ path, synchronous: "normal" });
  await store.open();
  await store.log.append([append("account-2", ["x"])]);
  await store.log.append([append("account-1", ids)]);
});
afterEach(() => store.close());

async function snapshotAt(...versions: readonly number[]): Promise<void> {
  for (const version of versions) await store.snapshots.write([{ snapshot: snapshot("1", version), keep: 10 }]);
}

function loaded(asked: LoadRequest): LoadedStream | undefined {
  return inFile(path, (database) => new LoadAtOnce(database, new EventStreams(database)).load(asked));
}

/** From which version to which, as a text; undefined where it is for the steps. */
function stretch(asked: LoadRequest): string | undefined {
  const found = loaded(asked);
  if (found === undefined) return undefined;
  const { snapshot: start, snapshotEventId, page } = found;
  const events = page.events.flatMap((each) =>
    typeof each === "string" ? [] : [(each as { reference: string }).reference],
  );
  const from = start === undefined ? "start" : `${start.version} at ${snapshotEventId}`;
  return `${from}: ${events.join(" ")}; ${page.lastPosition} ${page.lastId}${page.more ? " and more" : ""}`;
}

it("finds the newest snapshot of the kind and the events after it", async () => {
  expect(stretch(request)).toBe(`start: ${ids.join(" ")}; 9 e9`);
  await snapshotAt(3, 6);
  expect(stretch(request)).toBe("6 at e6: e7 e8 e9; 9 e9");
  expect(loaded(request)?.snapshot).toEqual(snapshot("1", 6));
  expect(stretch({ ...request, snapshots: { ...search, kinds: [{ ...KIND, fingerprint: "f2" }] } })).toMatch(/^start:/);
  expect(stretch({ ...request, snapshots: { ...search, kinds: [{ ...KIND, schemaVersion: 2 }] } })).toMatch(/^start:/);
});

it("keeps to the bounds that are asked for", async () => {
  await snapshotAt(3, 6, 9);
  const below = (bound: number) => ({ ...request, snapshots: { ...search, below: bound } });
  expect(stretch(request)).toBe("9 at e9: ; 9 ");
  expect(stretch(below(9))).toBe("6 at e6: e7 e8 e9; 9 e9");
  expect(stretch({ ...below(6), limit: 2 })).toBe("3 at e3: e4 e5; 5 e5 and more");
  expect(stretch({ ...below(0), limit: 2 })).toBe("start: e0 e1; 1 e1 and more");
  expect(stretch({ ...request, maxVersion: 7 })).toBe("6 at e6: e7; 7 e7");
  expect(stretch({ ...request, maxVersion: 6 })).toBe("6 at e6: ; 6 ");
  expect(stretch({ ...request, maxVersion: 2 })).toBe("start: e0 e1 e2; 2 e2");
});

it("finds events that the table of ends does not have yet, and those it has", async () => {
  for (let n = 0; n < 70; n++) {
    await store.log.append([append("account-1", [`f${n}`])]);
    expect(stretch({ ...request, maxVersion: LAST + n + 1, limit: 1_000 })).toMatch(
      new RegExp(`; ${LAST + n + 1} f${n}$`),
    );
  }
});

it("leaves other loads to the steps", async () => {
  await snapshotAt(6);
  const { snapshots: _, ...withoutSnapshots } = request;
  const others: readonly LoadRequest[] = [
    withoutSnapshots,
    { ...request, maxTime: message("e0").time },
    { ...request, snapshots: { ...search, kinds: [KIND, { schemaVersion: 2, fingerprint: "f2" }] } },
    { ...request, snapshots: { ...search, kinds: [{ schemaVersion: 1 }] } },
    { ...request, ...ref("account-3") },
  ];
  expect(others.map(loaded)).toEqual(others.map(() => undefined));
});

/** What is changed behind the store's back, and what the store says when it loads the stream then. */
const DAMAGE: Readonly<Record<string, readonly [change: string, said: RegExp]>> = {
  "the state of the snapshot": ["UPDATE snapshots SET state = '{}'", /its row was damaged or altered/],
  "the version of the snapshot": ["UPDATE snapshots SET version = 5", /its row was damaged or altered/],
  "the time of the snapshot": ["UPDATE snapshots SET time = 1", /its row was damaged or altered/],
  "the event it rests upon": ["UPDATE event_log SET id = 'other' WHERE position = 6", /position 6/],
  "the lack of that event": ["DELETE FROM event_log WHERE position = 6", /position 6/],
  "an event after it": ["UPDATE event_log SET data = replace(data, 'e8', 'e9') WHERE position = 8", /position 8/],
  "the type of an event after it": ["UPDATE event_log SET type = 'Bank.Other.v1' WHERE position = 8", /position 8/],
  "the last event's id": ["UPDATE event_log SET id = 'other' WHERE position = 9", /position 9/],
  "a gap among the events": ["DELETE FROM event_log WHERE position = 8", /position 8/],
  "a lost end": ["DELETE FROM event_log WHERE position = 9", /position 9/],
};

it.each(Object.entries(DAMAGE))("leaves %s to the steps, which tell of it", async (_name, [change, said]) => {
  // By then the table of ends has the stream.
  await store.log.append([
    append(
      "account-4",
      ids.concat(ids, ids, ids).map((id, n) => `${id}-${n}`),
    ),
  ]);
  await snapshotAt(6);
  expect(stretch(request)).toBe("6 at e6: e7 e8 e9; 9 e9");
  const ofStream = "event_log WHERE stream_id = (SELECT id FROM event_streams WHERE name = 'account-1') AND";
  inFile(path, (database) => database.exec(change.replace("event_log WHERE", ofStream)));
  expect(loaded(request)).toBeUndefined();
  const answer = await Promise.resolve()
    .then(() => store.load(request))
    .then(({ snapshot: start }) => start?.fault, String);
  expect(answer).toMatch(said);
});
