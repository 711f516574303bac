import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { buildSync } from "esbuild";

import { plantedBugs } from "./fixtures/planted-bugs";

const folder = mkdtempSync(join(tmpdir(), "tidemark-planted-"));
const suite = join(folder, "planted-store.js");

beforeAll(() => {
  buildSync({
    entryPoints: [join(__dirname, "fixtures", "planted-store.ts")],
    outfile: suite,
    bundle: true,
    platform: "node",
    target: "node20",
    conditions: ["@tidemark/source"],
    logLevel: "error",
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

const runs = new Map<string, ReturnType<typeof runSuite>>();

function runSuiteOn(bug: string) {
  const run = runs.get(bug) ?? runSuite(bug);
  runs.set(bug, run);
  return run;
}

/** Runs the suite as an adapter's author does who has no jest: under node's own test runner, in a process of its own. */
function runSuite(bug: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--test-reporter=tap", suite, bug], {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  const failed = [...stdout.matchAll(/^( *)not ok \d+ - (.*)$/gm)];
  const count = (kind: string) => Number(new RegExp(`^# ${kind} (\\d+)$`, "m").exec(stdout)?.[1]);
  return {
    status,
    behaviours: failed.filter(([, indent]) => indent === "").map(([, , title]) => title!.replace("the store: ", "")),
    tests: failed.filter(([, indent]) => indent !== "").map(([, , title]) => title!),
    passed: count("pass"),
    skipped: count("skipped"),
    stdout,
    stderr,
  };
}

/** The behaviour that names what is wrong, beside the random histories. */
const caughtBy: Readonly<Record<string, string>> = {
  "appends whatever version the writer expects": "expected versions",
  "takes the snapshot written last for the newest": "snapshots",
  "skips an event between two pages": "loading",
  "reads categories by the beginning of their name": "categories",
  "writes stream by stream until one is refused": "atomicity",
  "counts what it keeps over all kinds of snapshots": "snapshots",
  "writes snapshot by snapshot until one is refused": "snapshot writes",
  "stores an event's id a second time": "idempotent append",
  "leaves out what happened at the very time asked for": "loading",
  "shows a reader the event at its cursor again": "global order",
  "says to have read up to the end when a page is full": "global pages",
  "answers a repeated append with the end of the stream": "idempotent append",
  "takes stored ids for a repeated append whatever the events hold": "idempotent append",
  "finds a snapshot above the one that proved unusable": "loading",
  "applies what an append brings although the append is refused": "operations",
  "applies what an append brings each time that it is repeated": "operations",
  "moves a checkpoint under a generation that is past": "checkpoints",
  "applies operations until one is refused": "operations",
  "orders null behind all values": "queries of rows",
  "shows whoever goes on behind a row that row again": "queries of rows",
  "stores rows whatever their guards say": "guards of rows",
  "keeps no index unique": "unique indexes",
  "drops a table whatever rows it has": "extensions of tables",
  "makes a table anew to extend it": "extensions of tables",
  "switches tables although an operation is refused": "switches of tables",
  "hands out what servers alive have": "leases",
  "replaces checkpoints that others have moved": "replaced checkpoints",
  "shows parked keys behind others that were parked later": "parked keys",
  "takes a message as often as it comes": "inbox",
  "hands out an entry that another worker has": "claims of queue entries",
  "hands out an entry behind one of its line that is not finished": "claims of queue entries",
  "lets entries of high priority starve the oldest": "claims of queue entries",
  "settles an entry at whatever revision it is": "the command queue",
  "replaces an entry that a worker has": "the command queue",
  "removes a timer that was set anew since it was read": "timers",
  "gives every reader the timers of all": "timers",
  "counts events beyond the limit": "counting events",
};

/** What random histories have nothing of. */
const NOT_IN_HISTORIES = [
  "queries of rows",
  "guards of rows",
  "unique indexes",
  "extensions of tables",
  "switches of tables",
  "leases",
  "parked keys",
  "counting events",
];

/** Each bug takes a run of the whole suite: two of them on every commit, all of them by `npm run test:full`. */
const tried = Object.entries(caughtBy).slice(0, process.env.TIDEMARK_TEST === "full" ? undefined : 2);

describe("eventStoreConformance under node's own test runner", () => {
  it("passes the store without a bug, skipping nothing", () => {
    const { status, behaviours, tests, passed, skipped, stderr } = runSuiteOn("no bug");
    expect({ status, behaviours, tests, skipped, stderr }).toEqual({
      status: 0,
      behaviours: [],
      tests: [],
      skipped: 0,
      stderr: "",
    });
    expect(passed).toBeGreaterThan(100);
  });

  it("is tried on every bug there is", () => {
    expect(Object.keys(plantedBugs)).toEqual(["no bug", ...Object.keys(caughtBy)]);
  });

  it.each(tried)("catches a store that %s", (bug, behaviour) => {
    const { status, behaviours, tests } = runSuiteOn(bug);
    expect(status).toBe(1);
    expect(behaviours).toContain(behaviour);
    if (!NOT_IN_HISTORIES.includes(behaviour)) expect(behaviours).toContain("random histories");
    expect(tests).not.toEqual([]);
  });

  it("names the test that fails, and passes the behaviours that a store has", () => {
    const { tests, stdout } = runSuiteOn("appends whatever version the writer expects");
    expect(tests).toContain("one version too few is refused and nothing is written");
    expect(stdout).toMatch(/^ok \d+ - the store: values$/m);
  });

  it("prints a failing history with its seed and the few calls that it takes", () => {
    const { stdout } = runSuiteOn("takes the snapshot written last for the newest");
    const lines = stdout.split("\n").map((line) => line.trim());
    const told = lines.slice(lines.findIndex((line) => line.startsWith("Random history")));
    expect(told[0]).toMatch(/^Random history \d+ of 100 \(seed 20261121, path ".*"\), shortened\.$/);
    expect(told[1]).toBe("To the last of these calls");
    expect(told[2]).toMatch(/^1\. write to "account.*:snapshot-1+" version \d of kind [12][ab] \(time \d+\)/);
    expect(told.indexOf("the store answers")).toBeLessThan(10);
    expect(told).toContain("and the plain model");
  });
});
