import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";

const REPOSITORY = join(__dirname, "../..");

/** Fetched by npm, as .ci/test-on-node.mjs does. */
function pathOfNode(version: string): string {
  const options = ["exec", "--yes", `--package=node@${version}`, "--", "node", "-p", "process.execPath"];
  return execFileSync("npm", options, { encoding: "utf8", cwd: __dirname }).trim();
}

const ALL: readonly string[] = [];
/** What depends on the driver: all that a store has to do, statements and values, errors, damage. */
const OF_THE_DRIVER = [
  "sqlite-event-store",
  "test/drivers",
  "database-errors",
  "damage",
  "open-database",
  "row-queries",
];

// better-sqlite3 was built for the Node that runs this test: these processes cannot load it, and need not.
it.each([
  ["all suites", "22.13.0", ALL],
  ["the suites of the driver", "22", OF_THE_DRIVER],
  ["the suites of the driver", "24", OF_THE_DRIVER],
])(
  "%s of packages/sqlite pass with the SQLite of Node %s",
  (_, version, suites) => {
    const jest = require.resolve("jest/bin/jest");
    const { status, stderr } = spawnSync(
      pathOfNode(version),
      [
        jest,
        "--selectProjects",
        "packages/sqlite with node:sqlite",
        ...(suites.length > 0 ? ["--testPathPatterns", suites.join("|")] : []),
      ],
      {
        cwd: REPOSITORY,
        encoding: "utf8",
        env: { ...process.env, TIDEMARK_NODE_OF_BETTER_SQLITE3: process.execPath, TIDEMARK_TEST: "" },
        maxBuffer: 1e8,
      },
    );
    if (status !== 0) throw new Error(stderr);
    expect(stderr).toMatch(/^Tests: +\d+ passed, \d+ total$/m);
  },
  1_800_000,
);
