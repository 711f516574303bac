import { Results } from "../src/results";
import { printTable } from "../src/table";

const columns = [{ title: "n", alignRight: true }, { title: "name" }];

async function printed(rows: readonly (readonly string[])[], width?: number): Promise<string> {
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
