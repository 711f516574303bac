import { join } from "node:path";
import type { Row, RowQuery, Table } from "@tidemark/core/adapter";

import type { SqliteEventStore } from "../src";
import type { Database } from "../src/drivers/database";
import { RowQueries } from "../src/row-queries";
import { openFile, sqliteStore } from "./driver-under-test";
import { temporaryFolder } from "./temporary-folder";

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

let store: SqliteEventStore;
let database: Database;
/** The statements that `queries` has prepared. */
const prepared: string[] = [];
let queries: RowQueries;

beforeEach(async () => {
  const path = join(temporaryFolder(), "store.db");
  store = sqliteStore({ path });
  await store.open();
  await store.operations.readModels.createTable(ORDERS);
  database = openFile(path);
  prepared.length = 0;
  const noting: Database = Object.assign(Object.create(database) as Database, {
    rows: (sql: string) => {
      prepared.push(sql);
      return database.rows(sql);
    },
  });
  queries = new RowQueries(noting, ORDERS);
});
afterEach(async () => {
  database.close();
  await store.close();
});

/** What SQLite does for a query, a line for each step. */
function planOf(query: Omit<RowQuery, "table">): readonly string[] {
  queries.rows({ table: ORDERS, ...query });
  const sql = prepared.at(-1)!;
  const steps = database.rows<unknown[], [number, number, number, string]>(`EXPLAIN QUERY PLAN ${sql}`);
  return steps.all(...(sql.match(/\?/g) ?? []).map(() => null)).map(([, , , step]) => step);
}

const orderBy = (column: string, direction: "asc" | "desc") =>
  [
    { column, direction },
    { column: "id", direction },
  ] as const;
const ofAnn = [{ column: "customer", operator: "=", value: "ann" }] as const;

it.each(["asc", "desc"] as const)("find rows and their order in an index, %s", (direction) => {
  expect(planOf({ where: ofAnn, orderBy: orderBy("total", direction), limit: 10 })).toEqual([
    "SEARCH orders USING INDEX orders:customer,total (customer=?)",
  ]);
  expect(planOf({ where: [], orderBy: orderBy("placed_at", direction), limit: 10 })).toEqual([
    "SCAN orders USING INDEX orders:placed_at",
  ]);
  const between = [
    ...ofAnn,
    { column: "total", operator: ">=", value: "-10" },
    { column: "total", operator: "<", value: "9.5" },
  ] as const;
  expect(planOf({ where: between, orderBy: orderBy("total", direction) })).toEqual([
    "SEARCH orders USING INDEX orders:customer,total (customer=? AND total:order>? AND total:order<?)",
  ]);
});

it("go on behind a row without reading what comes before it", () => {
  const plan = planOf({ where: ofAnn, orderBy: orderBy("total", "asc"), after: ["9.5", "7"], limit: 10 });
  expect(plan.filter((step) => step.includes("orders"))).toEqual([
    "SEARCH orders USING INDEX orders:customer,total (customer=? AND total:order>?)",
    "SEARCH orders USING INDEX orders:customer,total (customer=? AND total:order=? AND id>?)",
  ]);
});

it("find texts that start with a text in a range of the index, and lists of values one by one", () => {
  const startsWith = [{ column: "customer", operator: "startsWith", value: "an" }] as const;
  expect(planOf({ where: startsWith, orderBy: orderBy("customer", "asc") })).toContain(
    "SEARCH orders USING INDEX orders:customer,total (customer>? AND customer<?)",
  );
  const ofSome = [{ column: "id", operator: "in", values: ["1", "2"] }] as const;
  expect(planOf({ where: ofSome, orderBy: [{ column: "id", direction: "asc" }] })[0]).toMatch(
    /^SEARCH orders USING INDEX sqlite_autoindex_orders_1 \(id=\?\)/,
  );
});

it("are prepared once for all values, none of which is in the statement", async () => {
  const rows = ["ann", "bob", "'; --"].map((customer, n): Row => [`${n}`, customer, `${n}.5`, n]);
  await store.operations.flush([{ kind: "upsertRows", table: ORDERS, rows }]);
  for (const [n, [, customer]] of rows.entries()) {
    const where = [
      { column: "customer", operator: "=", value: customer! },
      { column: "total", operator: "in", values: [`${n}.50`, "7"] },
    ] as const;
    expect(queries.rows({ table: ORDERS, where, orderBy: orderBy("total", "asc"), limit: 5 + n })).toEqual([rows[n]]);
  }
  expect(prepared).toHaveLength(1);
  expect(prepared[0]).not.toMatch(/ann|bob|--|5/);
});
