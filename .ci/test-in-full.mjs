// Runs all tests with everything that `npm test` shortens: every planted bug, every compiler, every kill. Options of jest may
// follow. The tests look at TIDEMARK_TEST, which this sets in the same way on every system.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";

const jest = createRequire(import.meta.url).resolve("jest/bin/jest");
const { status } = spawnSync(process.execPath, [jest, ...process.argv.slice(2)], {
  stdio: "inherit",
  env: { ...process.env, TIDEMARK_TEST: "full" },
});
process.exitCode = status ?? 1;
