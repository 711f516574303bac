import { OperationConflictError } from "@tidemark/core";
import type { Operation, ParkedFilter, ParkedKey } from "@tidemark/core/adapter";
import { PostgresEventStore } from "@tidemark/postgres";

import { Connections } from "../src/connections";
import { readCall } from "../src/parked-keys";
import { checkedSettings } from "../src/settings";
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

const parked = (key: string, more: Partial<Omit<ParkedKey, "revision">> = {}) => ({
  ...({ subscription: "S", key, position: 5, state: "parked", attempts: 1, data: '{"a":"\\u0000"}' } as const),
  ...more,
});
const put = (key: string, expected: number | null, more: Partial<ParkedKey> = {}): Operation => ({
  kind: "putParked",
  parked: parked(key, more),
  expected,
});
const flush = async (...operations: readonly Operation[]) => store.operations.flush(operations);
const read = (filter: ParkedFilter = {}) => store.operations.subscriptions.parked(filter);

describe("a key that is set aside", () => {
  it("is read as it was stored, byte by byte", async () => {
    const payload = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    await flush(
      put("ключ", null, { payload, state: "waiting", dueAt: 1_700_000_000_000 }),
      put("empty", null, { payload: new Uint8Array() }),
    );
    expect(await read()).toEqual([
      { ...parked("empty", { payload: new Uint8Array() }), revision: 0 },
      { ...parked("ключ", { payload, state: "waiting", dueAt: 1_700_000_000_000 }), revision: 0 },
    ]);
  });

  it("is put by one of many who do so at once, and changed by one", async () => {
    for (const expected of [null, 0]) {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 8 }, (_, n) => flush(put("k", expected, { attempts: n }))),
      );
      const refused = outcomes.filter((outcome) => outcome.status === "rejected");
      expect(refused).toHaveLength(7);
      for (const { reason } of refused) {
        expect(reason).toBeInstanceOf(OperationConflictError);
        expect(reason).toMatchObject({ details: { actual: `revision ${(expected ?? -1) + 1}` } });
      }
      const winner = outcomes.findIndex(({ status }) => status === "fulfilled");
      expect(await read()).toMatchObject([{ attempts: winner, revision: (expected ?? -1) + 1 }]);
    }
  });

  it("is written by transactions that wait for each other in one direction", async () => {
    const keys = ["a", "b", "c", "d"];
    await flush(...keys.map((key) => put(key, null)));
    const change = async (order: readonly string[]) => {
      for (;;) {
        const revisions = new Map((await read()).map(({ key, revision }) => [key, revision]));
        try {
          return await flush(...order.map((key) => put(key, revisions.get(key)!)));
        } catch (error) {
          if (!(error instanceof OperationConflictError)) throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: 10 }, (_, n) => change(n % 2 === 0 ? keys : keys.toReversed())));
    expect((await read()).map(({ revision }) => revision)).toEqual([10, 10, 10, 10]);
  });
});

it("keys that are to be tried again are found in the index of the states, however many others there are", async () => {
  await flush(
    ...Array.from({ length: 1_000 }, (_, n) =>
      put(`k-${n}`, null, n % 100 === 0 ? { state: n % 200 === 0 ? "retry" : "skip" } : {}),
    ),
  );
  await database.query("ANALYZE tidemark.parked_keys");
  const connections = new Connections(checkedSettings({ url: database.url, poolSize: 1 }), "the database");
  const filters: ParkedFilter[] = [
    { states: ["retry", "skip"] },
    { states: ["skip", "retry"], subscription: "S", limit: 20 },
  ];
  for (const filter of filters) {
    expect(await read(filter)).toHaveLength(10);
    const { statement, values } = readCall('"tidemark"', filter);
    const plan = await connections.lease("Cannot explain in", async (connection) => {
      await connection.run({ name: "", text: `PREPARE explained AS ${statement.text}` });
      const list = values.map((value) =>
        Buffer.isBuffer(value) ? "'{retry,skip}'" : value === null ? "NULL" : `'${value}'`,
      );
      const text = `EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF) EXECUTE explained(${list.join(", ")})`;
      const rows = await connection.run({ name: "", text });
      await connection.run({ name: "", text: "DEALLOCATE explained" });
      return rows.map(([line]) => line!.trim());
    });
    expect(plan).toContain("->  Index Scan using parked_keys_by_state on parked_keys p (actual rows=5 loops=2)");
    expect(plan.join("\n")).not.toMatch(/Rows Removed/);
  }
  await connections.close();
});

it("a page of keys is read in the order of the primary key from its place on", async () => {
  await flush(
    ...["b", "a", "é", "a"].map((key, n) => put(key, null, { position: n })),
    put("a", null, { subscription: "T" }),
  );
  const keys: unknown[] = [];
  for (let after: ParkedFilter["after"]; ; ) {
    const page = await read({ limit: 2, ...(after && { after }) });
    keys.push(...page.map(({ subscription, key, position }) => [subscription, key, position]));
    after = page[1];
    if (after === undefined) break;
  }
  expect(keys).toEqual([
    ["S", "a", 1],
    ["S", "a", 3],
    ["S", "b", 0],
    ["S", "é", 2],
    ["T", "a", 5],
  ]);
});

describe("messages that were received", () => {
  const receive = (id: string): Operation => ({ kind: "receiveMessage", inbox: "I", id, receivedAt: 10 });

  it("are noted by one of many who receive the same at once", async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, (_, n) =>
        flush(...["m", `own-${n}`].toSorted(() => (n % 2 === 0 ? 1 : -1)).map(receive)),
      ),
    );
    const refused = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(refused).toHaveLength(7);
    for (const { reason } of refused)
      expect(reason).toMatchObject({ code: "OPERATION_CONFLICT", details: { subject: 'message "m" of inbox "I"' } });
    const winner = outcomes.findIndex(({ status }) => status === "fulfilled");
    const asked = ["m", ...Array.from({ length: 8 }, (_, n) => `own-${n}`)];
    expect(await store.operations.inbox.received("I", asked)).toEqual(["m", `own-${winner}`]);
  });

  it("are forgotten without waiting for who holds one", async () => {
    await flush(receive("1"), receive("2"));
    const holder = await database.connect();
    await holder.query("BEGIN; SELECT FROM tidemark.received_messages WHERE id = '1' FOR UPDATE");
    expect(await store.operations.inbox.forget("I", 11)).toBe(1);
    expect(await store.operations.inbox.received("I", ["2", "1"])).toEqual(["1"]);
    await holder.end();
    expect(await store.operations.inbox.forget("I", 10)).toBe(0);
    expect(await store.operations.inbox.forget("I", 11)).toBe(1);
  });
});
