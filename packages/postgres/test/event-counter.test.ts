import type { CountedRange } from "@tidemark/core/adapter";
import { PostgresEventStore } from "@tidemark/postgres";

import { Connections } from "../src/connections";
import { EventCounter } from "../src/event-counter";
import { checkedSettings } from "../src/settings";
import { events, request } from "./appended-events";
import { HeldCommits } from "./held-commits";
import { FreshDatabase } from "./server/fresh-database";

let database: FreshDatabase;
let store: PostgresEventStore;

beforeAll(async () => {
  database = await FreshDatabase.create();
  store = new PostgresEventStore({ url: database.url });
});
afterEach(() => database.clear());
afterAll(async () => {
  await store?.close();
  await database?.drop();
});

const count = (range: Partial<CountedRange>) =>
  store.log.countEvents({ after: 0, categories: [], limit: 100, ...range });
const append = (stream: string, number: number, type?: string) =>
  store.log.append([
    request(
      stream,
      events(number).map((event) => (type === undefined ? event : { ...event, type })),
    ),
  ]);
const FIRST = 1_700_000_000_000;

describe("a count of events", () => {
  it("does not hold those that are not committed", async () => {
    await append("held-before-1", 1);
    const commits = await HeldCommits.begin(database);
    const late = append("held-1", 1);
    await commits.waiting(1);
    await append("a-1", 1);
    const categories = ["held", "a"];
    expect(await count({ categories, after: 1 })).toEqual({ events: 1, since: FIRST });
    await commits.release();
    await late;
    expect(await count({ categories, after: 1 })).toEqual({ events: 2, since: FIRST });
    await commits.end();
  });

  it("reads no more of the index than it counts, of one category and of several", async () => {
    await append("a-1", 600);
    await append("b-1", 300, "Rare");
    await append("c-1", 300);
    await database.query("ANALYZE tidemark.events");
    const connections = new Connections(checkedSettings({ url: database.url, poolSize: 1 }), "the database");
    const counter = new EventCounter(connections, '"tidemark"');
    const range = { after: 10, limit: 20, categories: ["b", "a", "b"] };
    expect(await counter.count(range)).toEqual({ events: 20, since: FIRST + 10 });
    expect(await counter.count({ ...range, types: ["Rare"] })).toEqual({ events: 20, since: FIRST });
    const planOf = (call: string) =>
      connections.lease("Cannot explain in", async (connection) => {
        const text = `EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF) EXECUTE ${call}`;
        return (await connection.run({ name: "", text })).map(([line]) => line!.trim());
      });
    const all = await planOf("count_events(10, 20, '{a,b}')");
    expect(all).toContain("->  Index Only Scan using events_of_category on events e (actual rows=20 loops=2)");
    const ofTypes = await planOf("count_events_of_types(10, 20, '{b}', '{Rare}')");
    expect(ofTypes).toContain("->  Index Scan using events_of_category on events e (actual rows=20 loops=1)");
    for (const plan of [all, ofTypes]) expect(plan.join("\n")).not.toMatch(/Seq Scan on events|Rows Removed/);
    await connections.close();
  });
});
