import { queryRanges, type RowOrder } from "@tidemark/core/adapter";

const orderBy = (...directions: readonly RowOrder["direction"][]): RowOrder[] =>
  directions.map((direction, place) => ({ column: ["a", "b", "id"].slice(-directions.length)[place]!, direction }));

describe("queryRanges", () => {
  it("is one range of all conditions where the query asks for rows from the start", () => {
    const where = [
      { column: "a", operator: "=", value: 1 },
      { column: "b", operator: "contains", value: "x" },
    ] as const;
    expect(queryRanges({ where, orderBy: orderBy("asc") })).toEqual([where]);
    expect(queryRanges({ where: [] })).toEqual([[]]);
  });

  it("is a range for each column of the order behind a place, which no row is twice in", () => {
    const where = [{ column: "a", operator: ">", value: 0 }] as const;
    expect(queryRanges({ where, orderBy: orderBy("asc", "asc", "desc"), after: [1, 2, "x"] })).toEqual([
      [...where, { column: "a", operator: ">", value: 1 }],
      [...where, { column: "a", operator: "=", value: 1 }, { column: "b", operator: ">", value: 2 }],
      [
        ...where,
        { column: "a", operator: "=", value: 1 },
        { column: "b", operator: "=", value: 2 },
        { column: "id", operator: "<", value: "x" },
      ],
    ]);
  });

  it("has null behind all values in descending order, and all values behind null in ascending order", () => {
    expect(queryRanges({ where: [], orderBy: orderBy("asc", "asc"), after: [null, "x"] })).toEqual([
      [{ column: "b", operator: "!=", value: null }],
      [
        { column: "b", operator: "=", value: null },
        { column: "id", operator: ">", value: "x" },
      ],
    ]);
    expect(queryRanges({ where: [], orderBy: orderBy("desc", "asc"), after: [null, "x"] })).toEqual([
      [
        { column: "b", operator: "=", value: null },
        { column: "id", operator: ">", value: "x" },
      ],
    ]);
    expect(queryRanges({ where: [], orderBy: orderBy("desc", "desc"), after: [1, "x"] })).toEqual([
      [{ column: "b", operator: "<", value: 1 }],
      [{ column: "b", operator: "=", value: null }],
      [
        { column: "b", operator: "=", value: 1 },
        { column: "id", operator: "<", value: "x" },
      ],
    ]);
  });

  it.each([
    ["a", "b"],
    ["az", "a{"],
    ["a\ud7ff", "a\ue000"],
    ["\u{1f600}", "\u{1f601}"],
    ["a\u{10ffff}", "b"],
    ["\u{10ffff}", undefined],
    ["", undefined],
  ])("turns texts that start with %j into a range that ends before %j", (value, end) => {
    const [range] = queryRanges({ where: [{ column: "a", operator: "startsWith", value }] });
    expect(range).toEqual([
      { column: "a", operator: ">=", value },
      ...(end === undefined ? [] : [{ column: "a", operator: "<", value: end }]),
    ]);
  });
});
