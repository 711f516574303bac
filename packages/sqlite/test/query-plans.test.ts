import { CommandQueueTable } from "../src/command-queue";
import type { Database } from "../src/drivers/database";
import { EventStreams } from "../src/event-streams";
import { LoadAtOnce } from "../src/load-at-once";
import { QueueClaims } from "../src/queue-claims";
import { QueueCounts } from "../src/queue-counts";
import { QueueLines } from "../src/queue-lines";
import { migrate } from "../src/schema";
import { States } from "../src/states";
import { StoreClock } from "../src/store-clock";
import { Timers } from "../src/timers";
import { openFile } from "./driver-under-test";

let database: Database;
beforeEach(() => {
  database = openFile(":memory:");
  migrate(database, "the database");
});
afterEach(() => database.close());

/** What SQLite does for each statement that work prepares, a line for each step; of inserts it tells nothing. */
function plansOf(work: (database: Database, clock: StoreClock) => unknown): readonly (readonly string[])[] {
  const statements: string[] = [];
  const watched = new Proxy(database, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== "function") return member;
      return (...given: unknown[]) => {
        if (key === "rows" || key === "values" || key === "prepare") statements.push(String(given[0]));
        return member.apply(target, given);
      };
    },
  });
  work(watched, new StoreClock(database));
  return statements
    .filter((sql) => !sql.startsWith("INSERT"))
    .map((sql) => {
      const steps = database.rows<unknown[], readonly unknown[]>(`EXPLAIN QUERY PLAN ${sql}`);
      return steps.all(...Array.from(sql.matchAll(/\?/g), () => 1)).map((row) => String(row.at(-1)));
    });
}

it("claims seek in indexes that hold no finished entry, in the order of the claim", () => {
  const byId = "SEARCH command_queue USING INDEX sqlite_autoindex_command_queue_1 (id=?)";
  expect(plansOf((watched, clock) => new QueueClaims(watched, clock))).toEqual([
    ["SEARCH command_queue USING COVERING INDEX command_queue_by_priority (lane=? AND priority<?)"],
    ["SEARCH command_queue USING INDEX command_queue_by_priority (lane=? AND priority=? AND due_at<?)"],
    ["SEARCH command_queue USING INDEX command_queue_by_time (lane=? AND due_at<?)"],
    ["SEARCH command_queue USING INTEGER PRIMARY KEY (rowid=?)"],
    [byId],
    [byId],
    ["SEARCH command_queue USING INDEX command_queue_by_time (lane=?)"],
  ]);
});

it("lines move up without a walk over those that wait in them", () => {
  expect(plansOf((watched) => new QueueLines(watched))).toEqual([
    ["SEARCH command_queue USING COVERING INDEX command_queue_by_line (line=? AND is_front=?)"],
    ["SEARCH command_queue USING INDEX command_queue_by_line (line=? AND is_front=?)"],
    ["SEARCH command_queue USING COVERING INDEX command_queue_by_line (line=? AND is_front=?)"],
    ["SEARCH command_queue USING INDEX command_queue_by_line (line=? AND is_front=? AND number=?)"],
  ]);
});

it("counts read an index alone, but for the entries that workers have", () => {
  expect(plansOf((watched, clock) => new QueueCounts(watched, clock))).toEqual([
    ["SCAN command_queue USING COVERING INDEX command_queue_by_state", "USE TEMP B-TREE FOR ORDER BY"],
    ["SEARCH command_queue USING COVERING INDEX command_queue_by_state (state=? AND lane>?)"],
    ["SEARCH command_queue USING COVERING INDEX command_queue_by_state (state=? AND lane=? AND due_at<?)"],
    ["SEARCH command_queue USING INDEX command_queue_by_claim (lane=? AND claimed_until>?)"],
    ["SEARCH command_queue USING INDEX command_queue_by_state (state=? AND lane=? AND due_at<?)"],
  ]);
});

it("entries are listed and forgotten by indexes", () => {
  const plans = plansOf((watched, clock) => {
    const queue = new CommandQueueTable(watched, clock);
    queue.list({ limit: 1 });
    queue.list({ after: "a", limit: 1 });
    queue.list({ states: ["parked"], limit: 1 });
    queue.list({ states: ["parked"], lanes: ["mail"], after: "a", limit: 1 });
    queue.list({ line: "line", after: "a", limit: 1 });
  });
  const found = plans.map((plan) => plan.filter((step) => /INDEX command_queue_|SCAN command_queue|id>/.test(step)));
  expect(found.filter((steps) => steps.length > 0)).toEqual([
    ["SEARCH command_queue USING COVERING INDEX command_queue_by_line (line=? AND is_front=?)"],
    ["SEARCH command_queue USING INDEX command_queue_by_line (line=? AND is_front=?)"],
    ["SEARCH command_queue USING COVERING INDEX command_queue_by_line (line=? AND is_front=?)"],
    ["SEARCH command_queue USING INDEX command_queue_by_line (line=? AND is_front=? AND number=?)"],
    ["SEARCH command_queue USING COVERING INDEX command_queue_by_end (finished_at<?)"],
    ["SCAN command_queue USING COVERING INDEX sqlite_autoindex_command_queue_1"],
    ["SEARCH command_queue USING COVERING INDEX sqlite_autoindex_command_queue_1 (id>?)"],
    ["SEARCH command_queue USING COVERING INDEX command_queue_by_state (state=?)"],
    ["SEARCH command_queue USING COVERING INDEX command_queue_by_state (state=? AND lane=?)"],
    ["SEARCH command_queue USING INDEX command_queue_by_line (line=?)"],
  ]);
});

it("timers come in the order of an index, and pages of them begin where they go on", () => {
  const byKey = "SEARCH timers USING PRIMARY KEY (owner=? AND name=?)";
  expect(plansOf((watched, clock) => new Timers(watched, clock))).toEqual([
    [byKey],
    [byKey],
    [byKey],
    ["SEARCH timers USING INDEX timers_by_time (due_at<?)"],
    ["SEARCH timers USING INDEX timers_by_time (due_at<?)"],
    ["SEARCH timers USING COVERING INDEX timers_by_time"],
    ["SEARCH timers USING COVERING INDEX timers_by_time (due_at<?)"],
    ["SEARCH timers USING PRIMARY KEY (owner=?)", "USE TEMP B-TREE FOR ORDER BY"],
    ["SEARCH timers USING PRIMARY KEY (owner>? AND owner<?)"],
    ["SEARCH timers USING PRIMARY KEY ((owner,name)>(?,?) AND owner<?)"],
  ]);
});

it("states of a category come in the order of an index", () => {
  expect(plansOf((watched) => new States(watched))).toContainEqual([
    "SEARCH states USING INDEX states_by_category (category=? AND stream>?)",
  ]);
});

it("a load seeks for its snapshot, and for the events behind it", () => {
  const [plan] = plansOf((watched) => new LoadAtOnce(watched, new EventStreams(database)));
  expect(plan?.filter((step) => /(SEARCH|SCAN) (s|e|l|snapshots)\b|MATERIALIZE/.test(step))).toEqual([
    "SEARCH s USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN",
    "SEARCH snapshots USING COVERING INDEX snapshots_by_kind (stream=? AND schema_version=? AND fingerprint=? AND version<?)",
    "SEARCH e USING INDEX event_log_by_stream (stream_id=? AND position=?) LEFT-JOIN",
    "SEARCH l USING INDEX event_log_by_stream (stream_id=? AND position>? AND position<?) LEFT-JOIN",
  ]);
});
