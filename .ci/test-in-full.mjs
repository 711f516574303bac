// Runs all tests with everything that `npm test` shortens: every planted bug, every compiler, every kill. With `--longer` only the
// suites that are longer in full; the others are the same in `npm test`. Options of jest may follow. The tests look at
// TIDEMARK_TEST, which this sets in the same way on every system.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("..", import.meta.url));

/** The suites that look at TIDEMARK_TEST, and those that run in full alone. */
function longerSuites() {
  const suites = [];
  for (const folder of [".ci", "packages", "cli", "examples", "docs"])
    for (const entry of readdirSync(join(repository, folder), { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath ?? entry.path, entry.name);
      if (!path.endsWith(".test.ts") || /node_modules|fixtures/.test(path)) continue;
      if (folder === ".ci" || readFileSync(path, "utf8").includes("process.env.TIDEMARK_TEST")) suites.push(path);
    }
  return suites;
}

const given = process.argv.slice(2);
const options = given.filter((option) => option !== "--longer");
if (options.length < given.length) options.push("--runTestsByPath", ...longerSuites());

const jest = createRequire(import.meta.url).resolve("jest/bin/jest");
const { status } = spawnSync(process.execPath, [jest, ...options], {
  stdio: "inherit",
  cwd: repository,
  env: { ...process.env, TIDEMARK_TEST: "full" },
});
process.exitCode = status ?? 1;
