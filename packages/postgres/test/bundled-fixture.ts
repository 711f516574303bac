import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { buildSync } from "esbuild";

/**
 * Bundles a fixture from the sources to one file before the tests of a file, and removes it behind them: a child that runs it starts
 * within a tenth of a second.
 *
 * @returns a function that starts it with arguments. Its standard output is a pipe.
 */
export function bundledFixture(name: string): (...args: readonly string[]) => ChildProcess {
  const folder = mkdtempSync(join(tmpdir(), "tidemark-fixture-"));
  const program = join(folder, `${name}.js`);
  beforeAll(() => {
    buildSync({
      entryPoints: [join(__dirname, "fixtures", `${name}.ts`)],
      outfile: program,
      bundle: true,
      platform: "node",
      target: "node20",
      conditions: ["@tidemark/source"],
      external: ["pg-native"],
      logLevel: "error",
    });
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  return (...args) => spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "inherit"] });
}
