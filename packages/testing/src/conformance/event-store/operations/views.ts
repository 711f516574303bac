import { deepEqual, equal, rejects } from "node:assert/strict";

import type { Row, Table, View } from "@tidemark/core/adapter";

import { testRunner } from "../../test-runner";
import type { StoreUnderTest } from "../store-under-test";
import { ACCOUNTS, flush, operationsOf, sortedRows, upsert } from "./sample-operations";

const NEXT: Table = {
  name: "accounts_v2",
  columns: [...ACCOUNTS.columns, { name: "owner", type: "text" }, { name: "limit", type: "decimal" }],
};
const COPY: Table = { name: "copy", columns: ACCOUNTS.columns };

export function views(at: StoreUnderTest): void {
  const { it } = testRunner();

  const models = () => operationsOf(at).readModels;
  const create = async (table: Table): Promise<void> => models().createTable(table);
  const view = async (table: Table, ...columns: readonly string[]): Promise<void> =>
    models().createView({ name: "current_accounts", table, columns });
  const viewed = async (name = "current_accounts") => models().viewedTable(name);
  const has = async (name: string) => models().has(name);

  it("say which table they show, and take another one in its place", async () => {
    await create(ACCOUNTS);
    await create(NEXT);
    equal(await viewed(), undefined);
    await view(ACCOUNTS, "id", "balance");
    equal(await viewed(), "accounts");
    await view(ACCOUNTS, "id", "balance");
    await view(NEXT, "id", "balance");
    equal(await viewed(), "accounts_v2");
    await view(NEXT, "limit", "owner", "id");
    equal(await viewed(), "accounts_v2");
    await view(ACCOUNTS, "balance");
    equal(await viewed(), "accounts");
    equal(await viewed("accounts"), undefined);
  });

  it("are there under their names, as tables are, until their table is dropped", async () => {
    for (const name of ["accounts", "current_accounts", "nobody", "a-b", '"']) equal(await has(name), false, name);
    await create(ACCOUNTS);
    await create(NEXT);
    await view(ACCOUNTS, "id");
    await models().createView({ name: "other", table: NEXT, columns: ["owner"] });
    for (const name of ["accounts", "accounts_v2", "current_accounts", "other"]) equal(await has(name), true, name);
    await models().dropTable("accounts");
    for (const name of ["accounts", "current_accounts"]) equal(await has(name), false, name);
    for (const name of ["accounts_v2", "other"]) equal(await has(name), true, name);
    equal(await viewed(), undefined);
    equal(await viewed("other"), "accounts_v2");
    await create(ACCOUNTS);
    await view(ACCOUNTS, "id");
  });

  it("are not dropped as a table is", async () => {
    await create(ACCOUNTS);
    await view(ACCOUNTS, "id");
    await models().dropTable("current_accounts");
    equal(await viewed(), "accounts");
  });

  it("are refused under the name of a table, under names that are none, and for columns that are none", async () => {
    await create(ACCOUNTS);
    await create(NEXT);
    const refused: readonly View[] = [
      { name: "accounts_v2", table: ACCOUNTS, columns: ["id"] },
      { name: "accounts", table: ACCOUNTS, columns: ["id"] },
      { name: "events", table: ACCOUNTS, columns: ["id"] },
      { name: 'a"b', table: ACCOUNTS, columns: ["id"] },
      { name: "current_accounts", table: ACCOUNTS, columns: [] },
      { name: "current_accounts", table: ACCOUNTS, columns: ["owner"] },
      { name: "current_accounts", table: ACCOUNTS, columns: ["id", "id"] },
    ];
    const createView = async (each: View): Promise<void> => models().createView(each);
    for (const each of refused)
      await rejects(createView(each), { code: "INVALID_CONFIGURATION" }, JSON.stringify(each));
    await rejects(view({ ...ACCOUNTS, name: "nobody" }, "id"), { code: "INCORRECT_USAGE" });
    equal(await has("current_accounts"), false);
    await view(ACCOUNTS, "id");
    await rejects(create({ ...ACCOUNTS, name: "current_accounts" }), { code: "INVALID_CONFIGURATION" });
    equal(await viewed(), "accounts");
  });

  it("show rows to plain SQL, where the store runs any", async () => {
    if (!operationsOf(at).runsStatements) return;
    const inSql = at.tableInSql;
    await create(ACCOUNTS);
    await create(NEXT);
    await create(COPY);
    await flush(at, upsert(["1", 10]), {
      kind: "upsertRows",
      table: NEXT,
      rows: [["2", 20, "ann", "1.50"]],
    });
    const copied = async (): Promise<Row[]> => {
      const copy = `INSERT INTO ${inSql("copy")} (id, balance) SELECT id, balance FROM ${inSql("current_accounts")}`;
      await flush(at, { kind: "runStatement", texts: [copy], values: [] });
      return sortedRows(await models().rows(COPY, ["1", "2"]));
    };
    await view(ACCOUNTS, "balance", "id");
    deepEqual(await copied(), [["1", 10]]);
    await view(NEXT, "id", "owner", "balance");
    deepEqual(await copied(), [
      ["1", 10],
      ["2", 20],
    ]);
  });
}
