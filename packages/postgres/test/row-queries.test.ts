import type { ColumnValue, Row, RowQuery, Table } from "@tidemark/core/adapter";
import { PostgresEventStore } from "@tidemark/postgres";

import { Connections } from "../src/connections";
import { NamedStatements } from "../src/named-statements";
import { PostgresOperationStore } from "../src/operation-store";
import { RowQueries } from "../src/row-queries";
import { checkedSettings } from "../src/settings";
import { FreshDatabase } from "./server/fresh-database";

const ORDERS: Table = {
  name: "orders",
  columns: [
    { name: "id", type: "text" },
    { name: "customer", type: "text" },
    { name: "total", type: "decimal" },
    { name: "placed_at", type: "time" },
  ],
  indexes: [{ columns: ["customer", "total"] }, { columns: ["placed_at"] }],
};

let database: FreshDatabase;
let store: PostgresEventStore;
/** A pool of one connection: what it has prepared can be looked at. */
let connections: Connections;
const queries = new RowQueries(ORDERS, "tidemark.orders", new NamedStatements("query", 100));

beforeAll(async () => {
  database = await FreshDatabase.create();
  store = new PostgresEventStore({ url: database.url });
  await store.operations.readModels.createTable(ORDERS);
  connections = new Connections(checkedSettings({ url: database.url, poolSize: 1 }), "the database");
});
afterAll(async () => {
  await connections?.close();
  await store?.close();
  await database?.drop();
});

/** Explains the statement of a query with these values, on a connection as the store has them. */
async function planOf(query: Omit<RowQuery, "table">, ...values: readonly string[]): Promise<string> {
  const { statement } = queries.rows({ table: ORDERS, ...query });
  const list = values.map((value) => `'${value}'`).join(", ");
  const explain = `EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF) EXECUTE explained(${list})`;
  return await connections.lease("Cannot explain in", async (connection) => {
    await connection.run({ name: "", text: `PREPARE explained AS ${statement.text}` });
    const rows = await connection.run({ name: "", text: explain });
    await connection.run({ name: "", text: "DEALLOCATE explained" });
    return rows.map(([line]) => line!.trim()).join("\n");
  });
}

const orderBy = (column: string, direction: "asc" | "desc") =>
  [
    { column, direction },
    { column: "id", direction },
  ] as const;
const ofAnn = [{ column: "customer", operator: "=", value: "ann" }] as const;

/** What would say that the server put rows in order, or read rows that were not asked for. */
const SORTED = /Sort Key/;
const FILTERED = /Rows Removed by Filter/;

it("find rows and their order in an index, from the first row of the table on", async () => {
  const plan = await planOf({ where: ofAnn, orderBy: orderBy("total", "asc"), limit: 10 }, "ann", "10");
  expect(plan).toMatch(/Index Scan using "index:\w+" on orders/);
  expect(plan).toMatch(/Index Cond: \(customer = /);
  expect(plan).not.toMatch(SORTED);
});

describe("of a table with many rows", () => {
  beforeAll(async () => {
    const rows = Array.from({ length: 4_000 }, (_, n): Row => {
      const customer: ColumnValue = ["ann", "bob", "cid", null][n % 4]!;
      return [String(n).padStart(5, "0"), customer, n % 8 === 0 ? null : `${n % 40}.5`, n % 5 === 0 ? null : n];
    });
    await store.operations.flush([{ kind: "upsertRows", table: ORDERS, rows }]);
    await database.query("ANALYZE tidemark.orders");
  });

  it.each(["asc", "desc"] as const)("read as many rows as they give, %s", async (direction) => {
    const plans = [
      await planOf({ where: ofAnn, orderBy: orderBy("total", direction), limit: 11 }, "ann", "11"),
      await planOf({ where: [], orderBy: orderBy("placed_at", direction), limit: 11 }, "11"),
      await planOf({ where: [], orderBy: [{ column: "id", direction }], limit: 11 }, "11"),
      await planOf({ where: [], orderBy: [{ column: "id", direction }], after: ["00500"], limit: 11 }, "00500", "11"),
    ];
    for (const plan of plans) {
      expect(plan).toMatch(/rows=11(\.00)? loops=1\)\n-> {2}Index Scan/);
      expect(plan).not.toMatch(SORTED);
      expect(plan).not.toMatch(FILTERED);
    }
  });

  it("go on behind a row without reading what comes before it, however many have its value", async () => {
    const after = ["10.5", "02010"];
    const values = ["ann", "10.5", "ann", "10.5", "02010", "11"];
    const plan = await planOf({ where: ofAnn, orderBy: orderBy("total", "asc"), after, limit: 11 }, ...values);
    expect(plan).toMatch(/Index Cond: \(\(customer = .*total = .*id > /);
    expect(plan).toMatch(/Index Cond: \(\(customer = .*total > /);
    expect(plan).not.toMatch(FILTERED);
    const read = Array.from(plan.matchAll(/Index Scan .*rows=(\d+)/g), ([, rows]) => Number(rows));
    expect(read.length).toBe(2);
    for (const rows of read) expect(rows).toBeLessThanOrEqual(11);
  });

  it("find texts that start with a text in a range of the index", async () => {
    const where = [{ column: "customer", operator: "startsWith", value: "an" }] as const;
    const plan = await planOf({ where, orderBy: orderBy("customer", "asc"), limit: 11 }, "an", "ao", "11");
    expect(plan).toMatch(/Index Cond: \(\(customer >= .* AND \(customer < /);
  });

  it("have one statement for all values", async () => {
    const models = new PostgresOperationStore(connections, "tidemark").readModels;
    for (const customer of ["ann", "bob", "'; --"]) {
      const where = [{ column: "customer", operator: "=", value: customer }] as const;
      await models.query({ table: ORDERS, where, orderBy: orderBy("placed_at", "asc"), limit: customer.length });
    }
    await connections.lease("Cannot look into", async (connection) => {
      const rows = await connection.run({
        name: "",
        text: "SELECT statement FROM pg_prepared_statements WHERE name LIKE 'query%' AND statement LIKE '%customer%placed_at%'",
      });
      expect(rows).toHaveLength(1);
      expect(rows[0]![0]).not.toMatch(/ann|bob/);
    });
  });
});
