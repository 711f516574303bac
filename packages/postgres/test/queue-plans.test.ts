import { bucketOf } from "@tidemark/core/adapter";

import { statementsFor as queueStatements } from "../src/command-queue";
import { Connections } from "../src/connections";
import type { LeasedConnection } from "../src/leased-connection";
import { QueueChanges } from "../src/queue-changes";
import { listCall } from "../src/queue-entries";
import { checkedSettings } from "../src/settings";
import { statementsFor as timerStatements } from "../src/timers";
import type { Statement } from "../src/work";
import { FreshDatabase } from "./server/fresh-database";

const SCHEMA = '"tidemark"';
const EACH = 10_000;
/** Of the pages that hold so many entries, what one statement may touch. Each entry that is passed over one by one would touch one or more. */
const FEW = 600;

const queue = queueStatements(SCHEMA);
const timers = timerStatements(SCHEMA);
const [enqueue, settle] = new QueueChanges(SCHEMA)
  .calls([
    {
      kind: "enqueue",
      entry: { id: "", lane: "", type: "", priority: 0, line: undefined, number: 0, data: "", due: { at: 0 } },
    },
    { kind: "settleEntry", id: "", expected: 0 },
  ])
  .map(({ statement }) => statement);
const parked = listCall(SCHEMA, { states: ["parked"], limit: 10 }).statement;

/** Values as SQL: a claim at 1,000 of the lanes "a" and "b", and what else is asked every second or with every command. */
const asked: readonly (readonly [title: string, statement: Statement, values: readonly string[], rows: number])[] = [
  ["a claim", queue.claim, ["'w'", "'{a,b}'", "8", "2", "60000", "1000"], 8],
  ["a claim of the earliest alone", queue.claim, ["'w'", "'{a}'", "2", "2", "60000", "1000"], 2],
  ["a claim of a lane in which nothing is due", queue.claim, ["'w'", "'{later}'", "8", "2", "60000", "1000"], 0],
  ["the time until the next entry", queue.untilNext, ["'{a,b}'", "1000"], 1],
  ["the time until an entry that is due later", queue.untilNext, ["'{later}'", "1000"], 1],
  ["an extension", queue.extend, ["'w'", "'{claimed-1,claimed-2}'", "60000", "1000", "0"], 2],
  ["a release", queue.release, ["'w'", "'{claimed-3}'"], 0],
  [
    "an entry at the end of a line",
    enqueue!,
    ["'{new}'", "'{a}'", "'{T}'", "'{0}'", "'{0}'", "'{NULL}'", "'{NULL}'", "'{NULL}'", "'{long}'", "'{99999}'"].concat(
      "'{\"{}\"}'",
      "'{f}'",
    ),
    1,
  ],
  ["the end of an entry of a line", settle!, ["'{long-0}'", "'{0}'", "'{NULL}'", ...Array(5).fill("'{NULL}'")], 1],
  ["the parked entries", parked, ["10", "'{parked}'"], 10],
  ["what is forgotten", queue.forget, ["100", "10"], 1],
  ["due timers", timers.due, ["NULL", "100"], 100],
  ["due timers of a part", timers.dueOfPart, ["NULL", "100", "1", "2"], 100],
  ["the time until the next timer", timers.untilNext, ["NULL"], 1],
];

let database: FreshDatabase;

beforeAll(async () => {
  database = await FreshDatabase.create();
});
afterAll(() => database?.drop());

/** Finished entries, due and not, those that workers have, one long line, and many lines behind parked entries. */
async function fill(): Promise<void> {
  const names = Array.from({ length: EACH }, (_, n) => `owner-${n}`);
  await database.query(`
    INSERT INTO tidemark.command_queue (id, lane, type, priority, due_at, number, state, data, finished_at)
    SELECT 'done-' || n, 'a', 'T', n % 3, 0, 0, 'done', '{}', n FROM generate_series(1, ${EACH}) n;
    INSERT INTO tidemark.command_queue (id, lane, type, priority, due_at, number, state, standing, data)
    SELECT 'later-' || n, CASE n % 2 WHEN 0 THEN 'a' ELSE 'later' END, 'T', n % 3, 1000 + n, 0, 'waiting', 'free', '{}'
    FROM generate_series(1, ${EACH}) n;
    INSERT INTO tidemark.command_queue (id, lane, type, priority, due_at, number, state, standing, data)
    SELECT 'due-' || n, CASE n % 2 WHEN 0 THEN 'a' ELSE 'b' END, 'T', n % 3, n % 100, 0, 'waiting', 'free', '{}'
    FROM generate_series(1, ${EACH}) n;
    INSERT INTO tidemark.command_queue (id, lane, type, priority, due_at, number, state, standing, data, claimed_by, claimed_until)
    SELECT 'claimed-' || n, 'a', 'T', 9, 0, 0, 'waiting', 'claimed', '{}', 'w', 60000 FROM generate_series(1, 500) n;
    INSERT INTO tidemark.command_queue (id, lane, type, priority, due_at, line, number, state, standing, data)
    SELECT 'long-' || n, 'a', 'T', 9, 0, 'long', n, 'waiting', CASE n WHEN 0 THEN 'free' ELSE 'behind' END, '{}'
    FROM generate_series(0, ${EACH - 1}) n;
    INSERT INTO tidemark.command_queue (id, lane, type, priority, due_at, line, number, state, standing, data)
    SELECT 'kept-' || n, 'a', 'T', 9, 0, 'l-' || n % 1000, n / 1000, CASE WHEN n < 1000 THEN 'parked' ELSE 'waiting' END,
      CASE WHEN n >= 1000 THEN 'behind' END, '{}'
    FROM generate_series(0, ${EACH - 1}) n;
  `);
  await database.query(
    "INSERT INTO tidemark.timers (owner, name, due_at, data, slot) SELECT o.owner, 't', o.n, '{}', o.slot FROM unnest($1::text[], $2::int[]) WITH ORDINALITY AS o (owner, slot, n)",
    [names, names.map((name) => bucketOf(name, 65_536))],
  );
}

/** The names under which a connection keeps these statements, by their texts. */
async function prepared(connection: LeasedConnection): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (const { name, text } of asked.map(([, statement]) => statement)) {
    if (names.has(text)) continue;
    names.set(text, `explained_${name}`);
    await connection.run({ name: "", text: `PREPARE explained_${name} AS ${text}` });
  }
  return names;
}

// The plans are those of the empty table: nothing makes the server look again before it gathers statistics.
it.each([
  ["never had statistics", "SELECT"],
  ["was empty when statistics were gathered", "VACUUM ANALYZE tidemark.command_queue, tidemark.timers"],
])("each statement reads few pages of a large queue that %s", async (_, gathering) => {
  await database.clear();
  await database.query(gathering);
  const connections = new Connections(checkedSettings({ url: database.url, poolSize: 1 }), "the database");
  await connections.lease("Cannot explain in", async (connection) => {
    const names = await prepared(connection);
    const run = async (text: string) => connection.run({ name: "", text });
    const execute = ({ text }: Statement, values: readonly string[]) =>
      `EXECUTE ${names.get(text)!}(${values.join(", ")})`;
    await run("BEGIN");
    for (const [, statement, values] of asked)
      await run(execute(statement, statement === settle ? ["'{new}'", ...values.slice(1)] : values));
    await run("ROLLBACK");
    await fill();
    for (const [title, statement, values, rows] of asked) {
      await run("BEGIN");
      const explain = "EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF)";
      const lines = (await run(`${explain} ${execute(statement, values)}`)).map(([line]) => line!);
      await run("ROLLBACK");
      const [, hit = "0", read = "0"] = /Buffers: shared hit=(\d+)(?: read=(\d+))?/.exec(lines.join("\n")) ?? [];
      expect([title, lines[0]]).toEqual([title, expect.stringMatching(new RegExp(`actual rows=${rows}[. ]`))]);
      expect({ title, isFew: Number(hit) + Number(read) < FEW, lines }).toEqual({ title, isFew: true, lines });
    }
  });
  await connections.close();
});
