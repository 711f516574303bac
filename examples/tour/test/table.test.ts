import { table } from "../src/table";

it("makes each column as wide as its widest cell, numbers to the right", () => {
  const columns = [
    ["load", "left"],
    ["events", "right"],
  ] as const;
  const rows = [
    ["without", "50,000"],
    ["with a snapshot", "5"],
  ];
  expect(table(columns, rows)).toEqual([
    "load              events",
    "────────────────────────",
    "without           50,000",
    "with a snapshot        5",
  ]);
});
