import { Results } from "../src/results";
import { type Column, printTable } from "../src/table";

const numberAndName = [{ title: "n", alignRight: true }, { title: "name" }];

async function printed(
  rows: readonly (readonly string[])[],
  width?: number,
  columns: readonly Column[] = numberAndName,
): Promise<string> {
  let text = "";
  const results = new Results((part, done) => {
    text += part;
    done();
  });
  const source = (async function* () {
    yield* rows;
  })();
  expect(await printTable(columns, source, { results, width })).toBe(rows.length);
  return text;
}

it("sets numbers to the right and makes columns as wide as their content", async () => {
  const rows = [
    ["1", "Alice"],
    ["1000", "Bob"],
  ];
  expect(await printed(rows)).toBe("   n  name\n   1  Alice\n1000  Bob\n");
});

it("ends lines at the terminal's edge, by characters", async () => {
  expect(await printed([["1", "🏦🏦🏦🏦🏦🏦"]], 8)).toBe("n  name\n1  🏦🏦🏦🏦…\n");
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

  it("gives up its middle so that the other columns fit", async () => {
    expect(await printed(rows, 37, columns)).toBe(`\
id                        usable
01a1fdd2-332…4bb878e0cec  yes
acc-1                     no: damaged
`);
  });

  it("keeps enough to tell ids apart, and the line is cut instead", async () => {
    expect(await printed(rows, 21, columns)).toBe(`\
id                us…
01a1fdd2…78e0cec  yes
acc-1             no…
`);
  });

  it("stays whole where there is room, and in a pipe", async () => {
    expect(await printed(rows, 49, columns)).toBe(await printed(rows, undefined, columns));
  });
});
