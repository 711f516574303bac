import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";

import { costPerOperation } from "../program/batches";
import type { ContenderName, Place } from "../program/place";
import type { Workload } from "../program/workload";
import { SNAPSHOTS_BY_HAND } from "../tellers/teller";
import { withTeller } from "./with-teller";

const COMPILED = join(__dirname, "../start-up");
const SOURCES = join(__dirname, "../../src/start-up");
const DOMAIN = join(dirname(require.resolve("@tidemark/cli/package.json")), "bin/domain.js");
const TS_NODE = require.resolve("ts-node/register/transpile-only");

/** Whole processes, from their start to their end. The commands find one account of three events. */
const VARIANTS: readonly {
  readonly title: string;
  readonly programs: Readonly<Partial<Record<ContenderName, readonly string[]>>>;
}[] = [
  {
    title: "domain --help",
    programs: { tidemark: ["--help"], "hand-written": [join(COMPILED, "hand-written-help.js")] },
  },
  {
    title: "snapshot create, compiled",
    programs: {
      tidemark: ["snapshot", "create", "--domain", join(COMPILED, "domain.js")],
      "hand-written": [join(COMPILED, "hand-written-snapshots.js")],
    },
  },
  {
    title: "snapshot create, TypeScript",
    programs: {
      tidemark: ["snapshot", "create", "--domain", join(SOURCES, "domain.ts")],
      "hand-written": ["--require", TS_NODE, join(SOURCES, "hand-written-snapshots.ts")],
    },
  },
];

export const startUp: Workload = {
  name: "start-up",
  title: "start-up",
  unit: "ms",
  better: "less",
  stores: ["sqlite-normal"],
  variants: VARIANTS.map(({ title }, size) => ({ title, size })),
  fill: (place, { size }) =>
    withTeller(place, SNAPSHOTS_BY_HAND, async (teller) => teller.open([`started-${size}`], 3)),
  measure: async (place, { size }) => {
    const args = VARIANTS[size]?.programs[place.contender] ?? [];
    return (await costPerOperation({ figures: 3, operations: 1, run: () => started(place, args) })).ms;
  },
};

function started({ contender, folder }: Place, args: readonly string[]): void {
  const file = contender === "tidemark" ? "tidemark.db" : "hand.db";
  execFileSync(process.execPath, contender === "tidemark" ? [DOMAIN, ...args] : args, {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, BANK_PATH: join(folder, file), TS_NODE_PROJECT: join(SOURCES, "../../tsconfig.json") },
  });
}
