import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";

import { REPOSITORY, read } from "./pages";

const PAGE = read("docs/architecture.md");
const CORE = join(REPOSITORY, "packages/core/src");

/** The rows of the page's tables, as the texts of their cells. */
const ROWS = PAGE.split("\n")
  .filter((line) => line.startsWith("| "))
  .map((line) =>
    line
      .slice(1, -1)
      .split(" | ")
      .map((cell) => cell.trim()),
  );

function code(cell: string | undefined): string {
  return /^`([^`]+)`/.exec(cell ?? "")?.[1] ?? "";
}

/** Every room of core: each folder with files of its own, but for the adapter beside the ports and the check in the domain. */
function rooms(): string[] {
  const folders = readdirSync(CORE, { recursive: true, withFileTypes: true }).filter((entry) => entry.isDirectory());
  const names = folders.map((folder) => relative(CORE, join(folder.parentPath, folder.name)));
  return names.filter((name) => !/^(ports|domain)\//.test(name)).sort();
}

describe("docs/architecture.md", () => {
  it("names files and folders that exist", () => {
    const named = [...PAGE.matchAll(/`((?:packages|cli|examples|benchmarks|docs)\/[^`]+)`/g)].map(
      ([, path = ""]) => path,
    );
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter((path) => !existsSync(join(REPOSITORY, path)))).toEqual([]);
  });

  it("names files of adapters that exist", () => {
    const folders = ["packages/core/src/ports/memory", "packages/sqlite/src", "packages/postgres/src"];
    const start = ROWS.findIndex(([job]) => job === "the adapter");
    const jobs = ROWS.slice(start, ROWS.findIndex(([job]) => job === "listening") + 1);
    expect(jobs).toHaveLength(9);
    const files = jobs.flatMap(([, ...cells]) =>
      cells.map((cell, index) => join(folders[index] as string, code(cell))),
    );
    expect(files.filter((file) => !existsSync(join(REPOSITORY, file)))).toEqual([]);
  });

  it("has a row for each room of core, in the order in which rooms may import each other", () => {
    const { forbidden } = jest.requireActual<{ forbidden: { name: string }[] }>("../../.dependency-cruiser.cjs");
    const ordered = forbidden.map(({ name }) => /^core-(.+)-imports-downwards$/.exec(name)?.[1]).filter((name) => name);
    const start = ROWS.findIndex(([room]) => room === "room") + 1;
    const listed = ROWS.slice(start, ROWS.findIndex(([room]) => code(room) === "domain") + 1).map(([room]) =>
      code(room),
    );
    expect(listed.slice(0, -1).map((room) => room.replace("/", "-"))).toEqual(ordered);
    expect([...listed].sort()).toEqual(rooms());
  });

  it("names functions that stand in the files beside them", () => {
    const hops = ROWS.filter(([name, file]) => name?.startsWith("`") && code(file).startsWith("packages/"));
    expect(hops.length).toBeGreaterThan(20);
    const missing = hops.filter(([name, file]) => !new RegExp(`${code(name)}\\??[<(]`).test(read(code(file))));
    expect(missing.map(([name, file]) => `${name} in ${file}`)).toEqual([]);
  });
});
