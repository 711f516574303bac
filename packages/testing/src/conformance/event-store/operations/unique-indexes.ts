import { deepEqual, rejects } from "node:assert/strict";

import type { Operation, Row, Table } from "@tidemark/core/adapter";

import { testRunner } from "../../test-runner";
import { request, storedNote } from "../sample-events";
import type { StoreUnderTest } from "../store-under-test";
import { checkpoints, flush, lay, move, operationsOf, sortedRows } from "./sample-operations";

const SEATS: Table = {
  name: "seats",
  columns: [
    { name: "id", type: "text" },
    { name: "hall", type: "text" },
    { name: "number", type: "integer" },
    { name: "price", type: "decimal" },
  ],
  indexes: [
    { columns: ["hall", "number"], isUnique: true },
    { columns: ["price"], isUnique: true },
  ],
};

export function uniqueIndexes(at: StoreUnderTest): void {
  const { it } = testRunner();

  const create = async (table = SEATS): Promise<void> => operationsOf(at).readModels.createTable(table);
  const upsert = (...rows: readonly Row[]): Operation => ({ kind: "upsertRows", table: SEATS, rows });
  const remove = (...keys: readonly string[]): Operation => ({ kind: "deleteRows", table: SEATS, keys });
  const stored = async (): Promise<Row[]> =>
    sortedRows(await operationsOf(at).readModels.rows(SEATS, ["1", "2", "3", "4"]));
  const ofSeats = { code: "UNIQUE_VIOLATION", details: { table: "seats", columns: ["hall", "number"] } };

  it("refuse a second row with the same values, and leave nothing of what came with it", async () => {
    await create();
    await lay(at, 0);
    await flush(at, upsert(["1", "main", 1, null]));
    const refused = [upsert(["2", "main", 2, null]), upsert(["3", "main", 1, null]), move(0, 5)];
    await rejects(flush(at, ...refused), ofSeats);
    const append = async () => at.adapter.log.append([request("hall-1", [storedNote(0)])], { also: refused });
    await rejects(append, ofSeats);
    deepEqual(await stored(), [["1", "main", 1, null]]);
    deepEqual(
      (await checkpoints(at)).map(({ position }) => position),
      [0],
    );
    deepEqual([...(await at.adapter.log.readAll({ after: 0, limit: 10 })).messages], []);
  });

  it("refuse two rows of one operation with the same values", async () => {
    await create();
    await rejects(flush(at, upsert(["1", "main", 1, null], ["2", "main", 1, null])), ofSeats);
    deepEqual(await stored(), []);
  });

  it("compare decimals by their values", async () => {
    await create();
    await flush(at, upsert(["1", null, null, "1.50"]));
    await rejects(flush(at, upsert(["2", null, null, "1.5"])), {
      code: "UNIQUE_VIOLATION",
      details: { table: "seats", columns: ["price"] },
    });
    deepEqual(await stored(), [["1", null, null, "1.50"]]);
  });

  it("let any number of rows have null in one of their columns", async () => {
    await create();
    const rows: Row[] = [
      ["1", "main", null, null],
      ["2", "main", null, null],
      ["3", null, 1, null],
      ["4", null, 1, null],
    ];
    await flush(at, upsert(...rows));
    deepEqual(await stored(), rows);
  });

  it("let a row keep its values, and others take those that are given up in the same transaction", async () => {
    await create();
    await flush(at, upsert(["1", "main", 1, null], ["2", "main", 2, null], ["3", "main", 3, null]));
    await flush(at, upsert(["1", "main", 1, "5"]));
    await flush(
      at,
      upsert(["1", "main", 2, null], ["2", "main", 3, null]),
      remove("3"),
      upsert(["4", "main", 1, null]),
    );
    deepEqual(await stored(), [
      ["1", "main", 2, null],
      ["2", "main", 3, null],
      ["4", "main", 1, null],
    ]);
    await flush(at, upsert(["1", "main", 3, null]), upsert(["2", "main", 2, null]));
    deepEqual(await stored(), [
      ["1", "main", 3, null],
      ["2", "main", 2, null],
      ["4", "main", 1, null],
    ]);
    await rejects(flush(at, upsert(["2", "main", 1, null], ["1", "main", 2, null])), ofSeats);
    deepEqual((await stored()).length, 3);
  });

  it("are added to a table that is there, unless its rows do not fit", async () => {
    await create({ ...SEATS, indexes: [] });
    const plain = { ...SEATS, indexes: [] };
    await flush(at, {
      kind: "upsertRows",
      table: plain,
      rows: [
        ["1", "main", 1, null],
        ["2", "main", 1, null],
      ],
    });
    await rejects(create(), ofSeats);
    await flush(at, { kind: "deleteRows", table: plain, keys: ["2"] });
    await create();
    await rejects(flush(at, upsert(["3", "main", 1, null])), ofSeats);
    deepEqual(await stored(), [["1", "main", 1, null]]);
  });
}
