import { Results } from "../../src/printing/results";
import { type Column, printTable } from "../../src/printing/table";
import { CapturedOutput } from "../captured-io";

const numberAndName = [{ title: "n", alignRight: true }, { title: "name" }];

async function printed(
  rows: readonly (readonly string[])[],
  width?: number,
  columns: readonly Column[] = numberAndName,
): Promise<string> {
  const output = new CapturedOutput(width === undefined ? {} : { terminal: width });
  const source = (async function* () {
    yield* rows;
  })();
  expect(await printTable(columns, source, new Results(output))).toBe(rows.length);
  return output.text;
}

it("sets numbers to the right and makes columns as wide as their content", async () => {
  const rows = [
    ["1", "Alice"],
    ["1000", "Bob"],
  ];
  expect(await printed(rows)).toBe("   n  name\n   1  Alice\n1000  Bob\n");
});

it("ends lines at the terminal's edge, by the columns that characters take", async () => {
  expect(await printed([["1", "🏦🏦🏦🏦🏦🏦"]], 8)).toBe("n  name\n1  🏦🏦…\n");
  expect(await printed([["1", "🏦🏦🏦🏦🏦🏦"]], 9)).toBe("n  name\n1  🏦🏦…\n");
  expect(await printed([["1", "账户一"]], 9)).toBe("n  name\n1  账户一\n");
});

it("aligns what follows Chinese, emoji and combining marks", async () => {
  const rows = [
    ["账户一", "x"],
    ["👨‍👩‍👧 e\u0301", "x"],
    ["acc-1", "x"],
  ];
  expect(await printed(rows, undefined, [{ title: "id" }, { title: "next" }])).toBe(`\
id      next
账户一  x
👨‍👩‍👧 e\u0301    x
acc-1   x
`);
});

it("sets to the right by columns too", async () => {
  const rows = [
    ["账户", "x"],
    ["acc-1", "x"],
  ];
  expect(await printed(rows, undefined, [{ title: "id", alignRight: true }, { title: "next" }])).toBe(
    "   id  next\n 账户  x\nacc-1  x\n",
  );
});

it("measures colours as they are printed: escaped", async () => {
  const rows = [
    ["\u001b[31mred", "x"],
    ["acc-1", "x"],
  ];
  expect(await printed(rows, undefined, [{ title: "id" }, { title: "next" }])).toBe(
    "id             next\n\\u001b[31mred  x\nacc-1          x\n",
  );
});

it("prints nothing without rows", async () => {
  expect(await printed([])).toBe("");
});

it("keeps the first rows' widths when later ones are longer", async () => {
  const rows = Array.from({ length: 150 }, (_, index) => [String(index * 1000), "x"]);
  const lines = (await printed(rows)).split("\n");
  expect([lines[0], lines[1], lines[150]]).toEqual(["    n  name", "    0  x", "149000  x"]);
});

describe("a column that shrinks", () => {
  const columns = [{ title: "id", shrinks: true }, { title: "usable" }];
  const rows = [
    ["01a1fdd2-3320-777d-bb43-24bb878e0cec", "yes"],
    ["acc-1", "no: damaged"],
  ];

  it("loses its middle until the other columns fit", async () => {
    expect(await printed(rows, 37, columns)).toBe(`\
id                        usable
01a1fdd2-332…4bb878e0cec  yes
acc-1                     no: damaged
`);
  });

  it("keeps enough to distinguish ids, and the line is cut at its end", async () => {
    expect(await printed(rows, 21, columns)).toBe(`\
id                us…
01a1fdd2…78e0cec  yes
acc-1             no…
`);
  });

  it("keeps whole characters of any width", async () => {
    const ids = [["账户账户账户账户账户账户", "yes"]];
    expect(await printed(ids, 21, columns)).toBe(`\
id                us…
账户账户…户账户   yes
`);
  });

  it("stays whole where there is room, and in a pipe", async () => {
    expect(await printed(rows, 49, columns)).toBe(await printed(rows, undefined, columns));
  });
});
