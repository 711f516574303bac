const { isBuiltin } = require("node:module");
const { join } = require("node:path");

const swc = [
  "@swc/jest",
  {
    jsc: {
      parser: { syntax: "typescript", decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
      target: "es2022",
      keepClassNames: true,
    },
    module: { type: "commonjs" },
  },
];

/** Packages of ES modules that tests of the command line load. Before Node 24.9 jest can only require what a transform compiles. */
const ES_MODULES = "string-width|get-east-asian-width|strip-ansi|ansi-regex";

/** Tests run from the sources: the condition picks `src` over `dist` in every package of the repository. */
const project = (folder) => ({
  displayName: folder,
  rootDir: join(__dirname, folder),
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", "/dist/", "/fixtures/"],
  transform: { "^.+\\.ts$": swc, [`/node_modules/(${ES_MODULES})/.+\\.js$`]: swc },
  transformIgnorePatterns: [`/node_modules/(?!(${ES_MODULES})/)`],
  testEnvironmentOptions: { customExportConditions: ["@tidemark/source", "node", "require", "default"] },
});

/** Tests that need both drivers of packages/sqlite. */
const BOTH_DRIVERS = "<rootDir>/test/drivers/both-drivers.test.ts";

/** The suites of packages/sqlite with one driver, and where this version of Node has an SQLite of its own once more with that. */
const sqlite = project("packages/sqlite");
const withBetterSqlite3 = { ...sqlite, testPathIgnorePatterns: [...sqlite.testPathIgnorePatterns, BOTH_DRIVERS] };
const withNodeSqlite = {
  ...sqlite,
  displayName: "packages/sqlite with node:sqlite",
  setupFiles: [join(__dirname, "packages/sqlite/test/with-node-sqlite.ts")],
};
const hasNodeSqlite = isBuiltin("node:sqlite");
if (!hasNodeSqlite)
  console.error(
    `Node ${process.versions.node} has no node:sqlite: the tests of packages/sqlite run with better-sqlite3 alone. ` +
      "npm run test:full runs them with node:sqlite too, on versions of Node that it fetches.",
  );

module.exports = {
  // Real servers and killed processes take their time on a busy machine; this only ends what hangs.
  testTimeout: 300_000,
  maxWorkers: "100%",
  // What a worker keeps of suites that have ended slows it down more than a new one costs.
  workerIdleMemoryLimit: "1GB",
  projects: [
    ...[
      "packages/core",
      "packages/testing",
      "examples",
      "examples/cluster",
      "examples/fidelis",
      "examples/jsonl-event-store",
      "examples/mercato",
      "examples/tour",
      "examples/web",
      "docs",
      "benchmarks",
      "cli",
    ].map(project),
    {
      ...project("packages/postgres"),
      globalSetup: join(__dirname, "packages/postgres/test/server/global-setup.ts"),
      globalTeardown: join(__dirname, "packages/postgres/test/server/global-teardown.ts"),
    },
    withBetterSqlite3,
    ...(hasNodeSqlite ? [withNodeSqlite] : []),
    // A release needs git and the network.
    ...(process.env.TIDEMARK_TEST === "full" ? [project(".ci")] : []),
  ],
};
