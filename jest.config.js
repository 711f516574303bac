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

module.exports = {
  // Real servers and killed processes take their time on a busy machine; this only ends what hangs.
  testTimeout: 300_000,
  maxWorkers: "100%",
  projects: [
    ...[
      "packages/core",
      "packages/sqlite",
      "packages/testing",
      "examples",
      "examples/fidelis",
      "examples/jsonl-event-store",
      "examples/mercato",
      "examples/tour",
      "docs",
      "cli",
    ].map(project),
    {
      ...project("packages/postgres"),
      globalSetup: join(__dirname, "packages/postgres/test/server/global-setup.ts"),
      globalTeardown: join(__dirname, "packages/postgres/test/server/global-teardown.ts"),
    },
    // A release needs git and the network.
    ...(process.env.TIDEMARK_TEST === "full" ? [project(".ci")] : []),
  ],
};
