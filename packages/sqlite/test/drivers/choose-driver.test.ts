import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";

import { bundleFixture } from "../child-process";
import { temporaryFolder } from "../temporary-folder";

const bundle = bundleFixture("open-and-tell");

/** What a process prints that opens a store, with packages from one folder; and that it warns of nothing. */
function opened(packages: string, ...driver: readonly string[]): string {
  const path = join(temporaryFolder(), "bank.db");
  const { stdout, stderr } = spawnSync(process.execPath, [bundle, path, ...driver], {
    encoding: "utf8",
    env: { ...process.env, NODE_PATH: packages },
  });
  expect(stderr).toBe("");
  return stdout.trim().replace(JSON.stringify(path), '"bank.db"');
}

/** A folder of packages whose better-sqlite3 runs this code when it is loaded. */
function withBetterSqlite3(code: string): string {
  const packages = temporaryFolder();
  mkdirSync(join(packages, "better-sqlite3"));
  writeFileSync(join(packages, "better-sqlite3", "index.js"), code);
  return packages;
}

const without = temporaryFolder();
const unbuilt = withBetterSqlite3(`throw new Error("Could not locate the bindings file. Tried:\\n → /a/b.node")`);
const foreign = withBetterSqlite3(
  `module.exports = class { constructor() { throw Object.assign(new Error("built for another Node"), { code: "ERR_DLOPEN_FAILED" }) } }`,
);
const { node } = process.versions;
const refusal = (reason: string) => `STORE_UNAVAILABLE: Cannot open SQLite file "bank.db": ${reason}`;
const noBinary =
  "better-sqlite3 has no binary for this version of Node; allow its install script and run npm rebuild better-sqlite3";

if (isBuiltin("node:sqlite")) {
  it("is Node's own SQLite where better-sqlite3 is not installed, or has no binary", () => {
    expect(opened(without)).toBe("node");
    expect(opened(unbuilt)).toBe("node");
    expect(opened(foreign)).toBe("node");
    expect(opened(without, "node")).toBe("node");
  });

  it("is better-sqlite3 alone where that was asked for", () => {
    expect(opened(without, "better-sqlite3")).toBe(
      refusal('better-sqlite3 is not installed; run npm install better-sqlite3, or use driver "node"'),
    );
    expect(opened(foreign, "better-sqlite3")).toBe(refusal(`${noBinary}, or use driver "node"`));
  });
} else {
  it("says what to do where better-sqlite3 is not installed, or has no binary", () => {
    const install = "better-sqlite3 is not installed; run npm install better-sqlite3@12, or use Node 22.13 or later";
    expect(opened(without)).toBe(refusal(install));
    expect(opened(without, "better-sqlite3")).toBe(refusal(install));
    expect(opened(unbuilt)).toBe(refusal(`${noBinary}, or use Node 22.13 or later`));
    expect(opened(foreign)).toBe(refusal(`${noBinary}, or use Node 22.13 or later`));
  });

  it("says that this version of Node has none of its own", () => {
    expect(opened(without, "node")).toBe(
      refusal(`Node ${node} has no node:sqlite; use Node 22.13 or later, or use driver "better-sqlite3"`),
    );
  });
}

it("says what went wrong where better-sqlite3 cannot be loaded for another reason", () => {
  const broken = withBetterSqlite3(`require("bindings-of-better-sqlite3")`);
  expect(opened(broken, "better-sqlite3")).toMatch(
    /better-sqlite3 cannot be loaded \(Cannot find module 'bindings-of-/,
  );
});
