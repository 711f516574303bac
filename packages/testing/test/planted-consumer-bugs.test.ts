import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { buildSync } from "esbuild";

import { plantedConsumerBugs } from "./fixtures/planted-consumer-bugs";

const folder = mkdtempSync(join(tmpdir(), "tidemark-planted-"));
const suite = join(folder, "planted-consumers.js");

beforeAll(() => {
  buildSync({
    entryPoints: [join(__dirname, "fixtures", "planted-consumers.ts")],
    outfile: suite,
    bundle: true,
    platform: "node",
    target: "node20",
    conditions: ["@tidemark/source"],
    keepNames: true,
    logLevel: "error",
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the suites, or one behaviour of them, under node's own test runner, in a process of its own, without a cache. */
function failuresOn(bug: string, ...behaviour: readonly string[]) {
  // A test that was given up may never end.
  const options = [
    "--test-force-exit",
    "--test-reporter=tap",
    "--test-name-pattern",
    "/store$|^(?!.*cached)/",
    suite,
    bug,
    ...behaviour,
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, options, {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
    timeout: 250_000,
  });
  const failed = [...stdout.matchAll(/^( *)not ok \d+ - (.*)$/gm)];
  const titles = failed.filter(([, indent]) => indent === "").map(([, , title]) => title!);
  return { status, behaviours: titles.filter((title) => title.endsWith("on the store")), stderr };
}

/** The behaviour that finds what is wrong. */
const caughtBy: Readonly<Record<string, string>> = {
  "drops the checkpoint of a flush": "what subscriptions store on the store",
  "applies the rows of a flush whose checkpoint is refused": "subscriptions that servers share on the store",
  "moves the checkpoint before the rows are there": "what subscriptions store on the store",
  "applies guarded rows whatever is stored": "inline projections on the store",
  "forgets the rows that come with an append": "inline projections on the store",
  "moves checkpoints whatever their generation": "subscriptions that servers share on the store",
  "hands a bucket out whose owner is alive": "subscriptions that servers share on the store",
  "passes over an event that is committed behind a later one": "subscriptions that servers share on the store",
  "drops the timers of a flush": "the timers of process managers on the store",
  "gives timers out before they are due": "the timers of process managers on the store",
  "drops the commands of a flush": "the commands of process managers on the store",
  "drops the checkpoint that comes with an append": "process managers on a store that fails on the store",
  "gives the states of some instances only": "the steps of process managers on the store",
};

describe("projectionConformance, subscriptionConformance and processConformance", () => {
  it("pass the store without a bug", () => {
    expect(failuresOn("no bug")).toEqual({ status: 0, behaviours: [], stderr: "" });
  });

  it("are tried on every bug there is", () => {
    expect(Object.keys(plantedConsumerBugs)).toEqual(["no bug", ...Object.keys(caughtBy)]);
  });

  it.each(Object.entries(caughtBy))("catch a store that %s", (bug, behaviour) => {
    const { status, behaviours } = failuresOn(bug, behaviour);
    expect({ status, behaviours }).toEqual({ status: 1, behaviours: [behaviour] });
  });
});
