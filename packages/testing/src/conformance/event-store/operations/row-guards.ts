import { deepEqual, equal, rejects } from "node:assert/strict";

import type { Operation, Row, RowGuard } from "@tidemark/core/adapter";

import { testRunner } from "../../test-runner";
import { range, request, storedNote } from "../sample-events";
import type { StoreUnderTest } from "../store-under-test";
import { ACCOUNTS, checkpoints, flush, lay, move, operationsOf, rowsOf, upsert } from "./sample-operations";

const WRITERS = 32;

export function rowGuards(at: StoreUnderTest): void {
  const { it } = testRunner();

  const guard = (...expected: readonly (number | null)[]): RowGuard => ({ column: "balance", expected });
  const guarded = (rows: readonly Row[], ...expected: readonly (number | null)[]): Operation => ({
    kind: "upsertRows",
    table: ACCOUNTS,
    rows,
    guard: guard(...expected),
  });
  const guardedRemoval = (keys: readonly string[], ...expected: readonly (number | null)[]): Operation => ({
    kind: "deleteRows",
    table: ACCOUNTS,
    keys,
    guard: guard(...expected),
  });
  const prepare = async (...rows: readonly Row[]): Promise<void> => {
    await operationsOf(at).readModels.createTable(ACCOUNTS);
    await flush(at, upsert(...rows));
  };

  it("let rows be stored and deleted that are what they say", async () => {
    await prepare(["1", 10], ["2", 20], ["3", null]);
    await flush(
      at,
      guarded(
        [
          ["1", 11],
          ["4", 40],
        ],
        10,
        null,
      ),
      guardedRemoval(["2"], 20),
    );
    deepEqual(await rowsOf(at, "1", "2", "3", "4"), [
      ["1", 11],
      ["3", null],
      ["4", 40],
    ]);
    await flush(at, guarded([["1", 12]], 11), upsert(["2", 21], ["3", 30]));
    await flush(at, guardedRemoval(["5", "4"], null, 40));
    deepEqual(await rowsOf(at, "1", "2", "3", "4"), [
      ["1", 12],
      ["2", 21],
      ["3", 30],
    ]);
  });

  it("refuse rows that are another one, are missing, or are there, and all that comes with them", async () => {
    await prepare(["1", 10], ["2", 20], ["3", null]);
    await lay(at, 0);
    const before = await rowsOf(at, "1", "2", "3");
    const details = (key: string, expected: string, actual: string, found?: number) => ({
      subject: `row "${key}" of table "accounts"`,
      expected,
      actual,
      row: { table: "accounts", key, ...(found !== undefined && { found }) },
    });
    const refusals: readonly (readonly [Operation, object])[] = [
      [guarded([["1", 11]], 9), details("1", "balance 9", "balance 10", 10)],
      [guarded([["1", 11]], null), details("1", "none", "balance 10", 10)],
      [guarded([["3", 11]], null), details("3", "none", "balance null")],
      [guarded([["3", 11]], 0), details("3", "balance 0", "balance null")],
      [guarded([["4", 11]], 5), details("4", "balance 5", "none")],
      [
        guarded(
          [
            ["1", 11],
            ["2", 21],
          ],
          10,
          21,
        ),
        details("2", "balance 21", "balance 20", 20),
      ],
      [guardedRemoval(["1"], 9), details("1", "balance 9", "balance 10", 10)],
      [guardedRemoval(["1"], null), details("1", "none", "balance 10", 10)],
      [guardedRemoval(["4"], 5), details("4", "balance 5", "none")],
    ];
    for (const [operation, expected] of refusals) {
      for (const also of [[operation], [upsert(["5", 50]), operation, move(0, 1)]]) {
        await rejects(flush(at, ...also), { code: "OPERATION_CONFLICT", details: expected });
        const append = async () => at.adapter.log.append([request("account-1", [storedNote(0)])], { also });
        await rejects(append, { code: "OPERATION_CONFLICT", details: expected });
      }
    }
    deepEqual(await rowsOf(at, "1", "2", "3", "4", "5"), before);
    equal((await checkpoints(at))[0]?.position, 0);
    deepEqual([...(await at.adapter.log.readAll({ after: 0, limit: 10 })).messages], []);
  });

  it("are refused themselves by a column that is none of whole numbers, or with too few values", async () => {
    await prepare(["1", 10]);
    const rows: Row[] = [["1", 11]];
    for (const wrong of [
      { column: "id", expected: [10] },
      { column: "nobody", expected: [10] },
      guard(),
      guard(10, 10),
    ])
      await rejects(flush(at, { kind: "upsertRows", table: ACCOUNTS, rows, guard: wrong }), {
        code: "INCORRECT_USAGE",
      });
    deepEqual(await rowsOf(at, "1"), [["1", 10]]);
  });

  it(`let exactly one of ${WRITERS} concurrent writers change a row, and create one`, async () => {
    await prepare(["1", 0]);
    const changes: readonly ((writer: number) => Operation)[] = [
      (writer) => guarded([["1", writer + 1]], 0),
      (writer) => guarded([["new", writer + 1]], null),
    ];
    for (const [round, change] of changes.entries()) {
      const outcomes = await Promise.allSettled(
        range(WRITERS).map(async (writer) => {
          const also = [change(writer)];
          if (writer % 2 === 0) await flush(at, ...also);
          else await at.adapter.log.append([request(`account-${round}-${writer}`, [storedNote(writer)], -1)], { also });
        }),
      );
      const winners = range(WRITERS).filter((writer) => outcomes[writer]?.status === "fulfilled");
      equal(winners.length, 1);
      for (const outcome of outcomes)
        if (outcome.status === "rejected") equal(outcome.reason.code, "OPERATION_CONFLICT", String(outcome.reason));
      const key = ["1", "new"][round]!;
      deepEqual(await rowsOf(at, key), [[key, winners[0]! + 1]]);
    }
  });
}
