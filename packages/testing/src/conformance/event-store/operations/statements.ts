import { deepEqual, rejects } from "node:assert/strict";

import type { Operation, Row, RunStatement, StatementValue, Table } from "@tidemark/core/adapter";

import { testRunner } from "../../test-runner";
import { range, request, storedNote } from "../sample-events";
import type { StoreUnderTest } from "../store-under-test";
import { ACCOUNTS, checkpoints, flush, lay, move, operationsOf, rowsOf, sortedRows, upsert } from "./sample-operations";

const VALUES: Table = {
  name: "stored_values",
  columns: [
    { name: "id", type: "text" },
    { name: "label", type: "text" },
    { name: "whole", type: "integer" },
    { name: "ratio", type: "number" },
    { name: "is_open", type: "boolean" },
  ],
};

export function statements(at: StoreUnderTest): void {
  const { it } = testRunner();

  /** A tagged template. */
  const sql = (texts: readonly string[], ...values: readonly StatementValue[]): RunStatement => ({
    kind: "runStatement",
    texts,
    values,
  });
  const insert = (id: string, balance: number): RunStatement => ({
    kind: "runStatement",
    texts: [`INSERT INTO ${at.tableInSql("accounts")} (id, balance) VALUES (`, ", ", ")"],
    values: [id, balance],
  });
  const positions = async () => (await checkpoints(at)).map(({ position }) => position);
  const prepare = async (): Promise<void> => {
    await operationsOf(at).readModels.createTable(ACCOUNTS);
    await lay(at, 0);
  };
  const itRuns = (title: string, test: () => Promise<void>) =>
    it(`${title}, where the store runs any`, async () => {
      if (operationsOf(at).runsStatements) await test();
    });

  it("are refused where the store runs none, with all that comes with them", async () => {
    if (operationsOf(at).runsStatements) return;
    await prepare();
    await rejects(flush(at, upsert(["1", 1]), sql`SELECT 1`, move(0, 1)), { code: "INCORRECT_USAGE" });
    deepEqual(await rowsOf(at, "1"), []);
    deepEqual(await positions(), [0]);
  });

  itRuns("run in their order, after rows were stored, and commit with what comes with them", async () => {
    await prepare();
    const accounts = at.tableInSql("accounts");
    const also: Operation[] = [
      insert("2", 20),
      { kind: "runStatement", texts: [`UPDATE ${accounts} SET balance = balance + `, ""], values: [5] },
      upsert(["1", 10]),
      { kind: "runStatement", texts: [`DELETE FROM ${accounts} WHERE balance = `, ""], values: [25] },
      move(0, 1),
    ];
    await flush(at, ...also);
    deepEqual(await rowsOf(at, "1", "2"), [["1", 15]]);
    deepEqual(await positions(), [1]);
    await at.adapter.log.append([request("account-1", [storedNote(0)])], { also: [insert("3", 30), move(1, 2)] });
    deepEqual(await rowsOf(at, "3"), [["3", 30]]);
    deepEqual(await positions(), [2]);
  });

  itRuns("leave nothing where one is refused, or what comes with them", async () => {
    await prepare();
    await flush(at, upsert(["1", 1]));
    const refused: readonly (readonly [string, RunStatement])[] = [
      ["INCORRECT_USAGE", sql`SELECT nothing FROM nobody`],
      ["INCORRECT_USAGE", sql`this is no statement`],
      ["INCORRECT_USAGE", { kind: "runStatement", texts: ["SELECT ", " FROM nobody"], values: [1] }],
      ["INCORRECT_USAGE", sql`COMMIT`],
      ["INCORRECT_USAGE", sql`/* a comment */ ROLLBACK`],
      ["INCORRECT_USAGE", { kind: "runStatement", texts: [`${insert("4", 4).texts[0]}'4', 4); SELECT 1`], values: [] }],
      ["UNIQUE_VIOLATION", insert("1", 2)],
    ];
    for (const [code, statement] of refused) {
      const also = [insert("2", 2), statement, insert("3", 3), move(0, 1)];
      await rejects(flush(at, ...also), { code }, statement.texts.join("?"));
      await rejects(async () => at.adapter.log.append([request("account-1", [storedNote(0)])], { also }), { code });
    }
    await rejects(flush(at, insert("2", 2), move(7, 8)), { code: "OPERATION_CONFLICT" });
    deepEqual(await rowsOf(at, "1", "2", "3", "4"), [["1", 1]]);
    deepEqual(await positions(), [0]);
    deepEqual([...(await at.adapter.log.readAll({ after: 0, limit: 10 })).messages], []);
    await flush(at, insert("2", 2));
    deepEqual(await rowsOf(at, "2"), [["2", 2]]);
  });

  itRuns("name the table and the columns of a value that was to be unique", async () => {
    await prepare();
    await flush(at, insert("1", 1));
    await rejects(flush(at, insert("1", 2)), {
      code: "UNIQUE_VIOLATION",
      details: { table: "accounts", columns: ["id"] },
    });
  });

  itRuns("bind their values", async () => {
    await operationsOf(at).readModels.createTable(VALUES);
    const rows: Row[] = [
      ["'); DROP TABLE accounts; --", "$1 ? :a", 1, 0.5, true],
      ["2", null, -(2 ** 40), 1e300, false],
      ["3", "", 0, -1, null],
    ];
    const into = `INSERT INTO ${at.tableInSql("stored_values")} (id, label, whole, ratio, is_open) VALUES (`;
    for (const values of rows)
      await flush(at, { kind: "runStatement", texts: [into, ", ", ", ", ", ", ", ", ")"], values });
    await flush(at, {
      kind: "runStatement",
      texts: [into, ", NULL, ", ", NULL, NULL)"],
      values: ["4", 2n ** 53n - 1n],
    });
    const found = await operationsOf(at).readModels.rows(VALUES, [...rows.map(([id]) => String(id)), "4"]);
    deepEqual(sortedRows(found), sortedRows([...rows, ["4", null, Number.MAX_SAFE_INTEGER, null, null]]));
  });

  itRuns("are kept apart, however many there are", async () => {
    await prepare();
    const texts = range(300).map((n) => `${insert("", 0).texts[0]}'${n}', `);
    await flush(at, ...texts.map((text, n) => ({ kind: "runStatement", texts: [text, ")"], values: [n] }) as const));
    const accounts = at.tableInSql("accounts");
    for (const n of [0, 299, 1])
      await flush(at, {
        kind: "runStatement",
        texts: [`UPDATE ${accounts} SET balance = balance + 1000 WHERE id = '${n}' AND balance = `, ""],
        values: [n],
      });
    const found = await rowsOf(at, ...range(300).map(String));
    deepEqual(
      found.map(([id, balance]) => [Number(id), balance]).sort(([a], [b]) => Number(a) - Number(b)),
      range(300).map((n) => [n, [0, 299, 1].includes(n) ? n + 1_000 : n]),
    );
  });
}
