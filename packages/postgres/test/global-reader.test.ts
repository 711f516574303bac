import type { GlobalPage, GlobalRange } from "@tidemark/core/adapter";
import { PostgresEventStore } from "@tidemark/postgres";

import { Connections } from "../src/connections";
import { GlobalReader } from "../src/global-reader";
import { checkedSettings } from "../src/settings";
import { events, request } from "./appended-events";
import { HeldCommits } from "./held-commits";
import { FreshDatabase } from "./server/fresh-database";

let database: FreshDatabase;
let store: PostgresEventStore;
let commits: HeldCommits;
/** As the store reads, but for its patience with writers that do not commit. */
let connections: Connections;
let reader: GlobalReader;

beforeAll(async () => {
  database = await FreshDatabase.create();
});
afterAll(() => database?.drop());
beforeEach(async () => {
  store = new PostgresEventStore({ url: database.url });
  commits = await HeldCommits.begin(database);
  connections = new Connections(checkedSettings({ url: database.url }), "the database");
  reader = new GlobalReader(connections, '"tidemark"', { patienceMs: 50 });
});
afterEach(async () => {
  await commits?.end();
  await store?.close();
  await connections?.close();
  await database.clear();
});

const append = (stream: string, count = 1) => store.log.append([request(stream, events(count))]);
const read = (range: Partial<GlobalRange> = {}) => reader.read({ after: 0, limit: 100, ...range });
const outline = ({ messages, ...page }: GlobalPage) => ({ streams: messages.map(({ stream }) => stream), ...page });

/** Reads page after page until one is at the end. */
async function readOn(range: Partial<GlobalRange> = {}): Promise<readonly string[]> {
  const streams: string[] = [];
  for (let after = range.after ?? 0; ; ) {
    const page = await read({ ...range, after });
    streams.push(...outline(page).streams);
    if (page.atEnd) return streams;
    after = page.upTo;
  }
}

describe("an append that commits late", () => {
  it("is not passed, and appears in its place", async () => {
    await append("a-1");
    const late = append("held-1");
    await commits.waiting(1);
    await append("a-2");
    await append("b-other");

    expect(outline(await read())).toEqual({ streams: ["a-1"], upTo: 1, atEnd: false });
    expect(outline(await read({ after: 1 }))).toEqual({ streams: [], upTo: 1, atEnd: true });
    expect(outline(await read({ categories: ["b"] }))).toEqual({ streams: [], upTo: 1, atEnd: false });
    expect(outline(await read({ after: 1, categories: ["b"] }))).toEqual({ streams: [], upTo: 1, atEnd: true });

    await commits.release();
    await late;
    const rest = ["held-1", "a-2", "b-other"];
    expect(outline(await read({ after: 1 }))).toEqual({ streams: rest, upTo: 4, atEnd: true });
    expect(outline(await read({ categories: ["b"] }))).toEqual({ streams: ["b-other"], upTo: 4, atEnd: true });
  });

  it("is waited for while it commits", async () => {
    const late = append("held-1");
    await commits.waiting(1);
    await append("a-1");
    const patient = new GlobalReader(connections, '"tidemark"');
    const reading = patient.read({ after: 0, limit: 100 });
    await commits.release();
    expect(outline(await reading)).toEqual({ streams: ["held-1", "a-1"], upTo: 2, atEnd: true });
    await late;
  });

  it("holds nobody up who reads what came before it", async () => {
    await append("a-1", 3);
    await expect(append("failing-1")).rejects.toThrow();
    await append("a-2");
    expect(await readOn()).toEqual(["a-1", "a-1", "a-1", "a-2"]);
    const late = append("held-1");
    await commits.waiting(1);
    expect(await readOn()).toEqual(["a-1", "a-1", "a-1", "a-2"]);
    await commits.release();
    await late;
  });

  it("does not hide what was settled before it from a reader that starts then", async () => {
    await append("a-1", 3);
    const late = append("held-1");
    await commits.waiting(1);
    await append("b-1");
    expect(outline(await read())).toEqual({ streams: ["a-1", "a-1", "a-1"], upTo: 3, atEnd: false });
    expect(outline(await read({ after: 2 }))).toEqual({ streams: ["a-1"], upTo: 3, atEnd: false });
    expect(outline(await read({ categories: ["b"] }))).toEqual({ streams: [], upTo: 3, atEnd: false });
    await commits.release();
    await late;
  });
});

describe("a position that a rollback has used up", () => {
  it("is passed", async () => {
    await append("a-1");
    await expect(append("failing-1", 3)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    await append("a-2");
    const { messages, ...page } = await read();
    expect(messages.map(({ stream, globalPosition }) => [stream, globalPosition])).toEqual([
      ["a-1", 1],
      ["a-2", 5],
    ]);
    expect(page).toEqual({ upTo: 5, atEnd: true });
    expect(outline(await read({ categories: ["a"] }))).toEqual({ streams: ["a-1", "a-2"], upTo: 5, atEnd: true });
  });

  it("is passed while a transaction is idle on other tables", async () => {
    const idle = await database.connect();
    await idle.query("BEGIN; CREATE TABLE elsewhere (n integer); INSERT INTO elsewhere VALUES (1)");
    await expect(append("failing-1")).rejects.toThrow();
    await append("a-1");
    expect(outline(await read())).toEqual({ streams: ["a-1"], upTo: 2, atEnd: true });
    expect(outline(await read({ categories: ["a"] }))).toEqual({ streams: ["a-1"], upTo: 2, atEnd: true });
    await idle.end();
  });
});

describe("a page", () => {
  it("of categories reaches as far as the whole log is settled", async () => {
    expect(outline(await read({ categories: ["b"] }))).toEqual({ streams: [], upTo: 0, atEnd: true });
    await append("a-1", 5);
    expect(outline(await read({ categories: ["b"] }))).toEqual({ streams: [], upTo: 5, atEnd: true });
    await append("b-1");
    await append("a-1");
    expect(outline(await read({ after: 5, categories: ["b"] }))).toEqual({ streams: ["b-1"], upTo: 7, atEnd: true });
    expect(outline(await read({ categories: [] }))).toEqual({ streams: [], upTo: 7, atEnd: true });
  });

  it("that is full reaches to its last event, and knows whether there are more", async () => {
    await append("a-1", 3);
    await append("b-1", 2);
    expect(outline(await read({ limit: 2 }))).toEqual({ streams: ["a-1", "a-1"], upTo: 2, atEnd: false });
    expect(outline(await read({ limit: 5 }))).toMatchObject({ upTo: 5, atEnd: true });
    const ofA = { categories: ["a"] };
    expect(outline(await read({ ...ofA, limit: 2 }))).toEqual({ streams: ["a-1", "a-1"], upTo: 2, atEnd: false });
    expect(outline(await read({ ...ofA, limit: 3 }))).toEqual({ streams: ["a-1", "a-1", "a-1"], upTo: 5, atEnd: true });
    expect(outline(await read({ limit: 0 }))).toEqual({ streams: [], upTo: 0, atEnd: false });
  });

  it("holds the events of several categories in one order, each once", async () => {
    for (const stream of ["a-1", "b-1", "c-1", "a-2", "c-2", "b-2"]) await append(stream);
    const categories = ["c", "a", "c"];
    expect(outline(await read({ categories }))).toEqual({
      streams: ["a-1", "c-1", "a-2", "c-2"],
      upTo: 6,
      atEnd: true,
    });
    expect(outline(await read({ categories, after: 1, limit: 2 }))).toEqual({
      streams: ["c-1", "a-2"],
      upTo: 4,
      atEnd: false,
    });
  });

  it("is settled without numbering the events, unless a position is missing", async () => {
    const one = new Connections(checkedSettings({ url: database.url, poolSize: 1 }), "the database");
    const single = new GlobalReader(one, '"tidemark"');
    const numbering = () =>
      one.lease("Cannot explain in", async (connection) => {
        const text = "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) EXECUTE look_at_writers(0)";
        const lines = (await connection.run({ name: "", text })).map(([line]) => line!);
        return lines.find((line) => line.includes("WindowAgg"));
      });
    await append("a-1", 5);
    expect(await single.read({ after: 0, limit: 10 })).toMatchObject({ upTo: 5, atEnd: true });
    expect(await numbering()).toContain("(never executed)");
    await database.query("DELETE FROM tidemark.events WHERE global_position = 3");
    expect(await numbering()).toContain("(actual rows=");
    await one.close();
  });

  it("of categories is found in their index, and reads past no other events", async () => {
    await append("a-1", 500);
    await append("rare-1");
    await database.query("ANALYZE tidemark.events");
    const one = new Connections(checkedSettings({ url: database.url, poolSize: 1 }), "the database");
    const single = new GlobalReader(one, '"tidemark"');
    const rare = { streams: ["rare-1"], upTo: 501, atEnd: true };
    expect(outline(await single.read({ after: 0, limit: 10, categories: ["rare"] }))).toEqual(rare);
    expect(outline(await single.read({ after: 0, limit: 10, categories: ["rare", "b"] }))).toEqual(rare);
    const planOf = (call: string) =>
      one.lease("Cannot explain in", async (connection) => {
        const rows = await connection.run({ name: "", text: `EXPLAIN (COSTS OFF) EXECUTE ${call}` });
        return rows.map(([line]) => line!.trim());
      });
    const ofOne = await planOf("read_category(0, 10, 'rare')");
    expect(ofOne).toContain("->  Index Scan using events_of_category on events e");
    expect(ofOne.join()).not.toContain("events_in_global_order");
    const ofSeveral = await planOf("read_categories(0, 10, '{rare,b}')");
    expect(ofSeveral).toContain("->  Index Only Scan using events_of_category on events e");
    expect(ofSeveral.join()).toMatch(/global_position = ANY/);
    await one.close();
  });

  it("after a position that is not in use yet is empty and does not go back", async () => {
    await append("a-1");
    expect(outline(await read({ after: 9 }))).toEqual({ streams: [], upTo: 9, atEnd: true });
    expect(outline(await read())).toEqual({ streams: ["a-1"], upTo: 1, atEnd: true });
  });
});

it("misses nothing of any category while many write, some late and some in vain", async () => {
  await database.query(`
    CREATE FUNCTION disturb() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE chance float := random();
    BEGIN
      IF chance < 0.1 THEN PERFORM pg_sleep(random() * 0.01);
      ELSIF chance < 0.2 THEN RAISE EXCEPTION 'rolled back';
      END IF;
      RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER disturbance AFTER INSERT ON tidemark.events
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION disturb();
  `);
  const written: { id: string; category: string }[] = [];
  let isWriting = true;
  const writers = Array.from({ length: 6 }, async (_, writer) => {
    for (let n = 0; n < 60; n++) {
      const category = n % 20 === 0 ? "rare" : "common";
      const [event] = events(1);
      const appended = await store.log.append([request(`${category}-${writer}`, [event!])]).catch(() => undefined);
      if (appended !== undefined) written.push({ id: event!.id, category });
    }
  });
  const follow = async (categories?: readonly string[]) => {
    const seen: string[] = [];
    for (let after = 0, isLast = false; ; ) {
      const page = await read({ after, limit: 7, ...(categories && { categories }) });
      expect(page.upTo).toBeGreaterThanOrEqual(page.messages.at(-1)?.globalPosition ?? after);
      seen.push(...page.messages.map(({ id }) => id));
      after = page.upTo;
      if (isLast && page.atEnd) return seen;
      isLast = !isWriting;
    }
  };
  const following = [follow(), follow(["rare"]), follow(["rare", "common", "other"])];
  await Promise.all(writers);
  isWriting = false;
  const [all, rare, both] = await Promise.all(following);
  await database.query("DROP TRIGGER disturbance ON tidemark.events; DROP FUNCTION disturb");
  const { messages } = await read({ limit: 1_000 });
  expect(messages.map(({ id }) => id)).toEqual(all);
  expect(both).toEqual(all);
  expect([...all!].sort()).toEqual(written.map(({ id }) => id).sort());
  const rareOnes = new Set(written.filter(({ category }) => category === "rare").map(({ id }) => id));
  expect(rare).toEqual(all!.filter((id) => rareOnes.has(id)));
  expect(rareOnes.size).toBeGreaterThan(0);
  expect(messages.at(-1)!.globalPosition).toBeGreaterThan(written.length);
});
