import { backgroundSnapshots } from "./background-snapshots";
import { cachedCommands } from "./cached-commands";
import { commands } from "./commands";
import { load } from "./load";
import { loads } from "./loads";
import { postgresCommands } from "./postgres-commands";
import { postgresGlobalOrder } from "./postgres-global-order";
import { postgresImport } from "./postgres-import";
import { postgresLoad } from "./postgres-load";
import { postgresSnapshotRun } from "./postgres-snapshot-run";
import { replay } from "./replay";
import { snapshotCost } from "./snapshot-cost";

interface Benchmark {
  readonly shows: string;
  readonly run: () => Promise<void>;
}

const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  load: { shows: "loads from a snapshot on SQLite, beside hand-written ones", run: load },
  replay: { shows: "a full replay on SQLite, beside a hand-written one", run: replay },
  commands: { shows: "sequential commands on SQLite, beside hand-written loops", run: commands },
  "cached-commands": {
    shows: "commands on one account without and with the cache, on every store",
    run: cachedCommands,
  },
  "postgres-commands": { shows: "commands on PostgreSQL: one by one, at once, on one account", run: postgresCommands },
  "postgres-import": { shows: "an import into PostgreSQL, beside hand-written inserts", run: postgresImport },
  "postgres-load": { shows: "loads from PostgreSQL without and with a snapshot", run: postgresLoad },
  "postgres-global-order": { shows: "what a reader in global order misses: nothing", run: postgresGlobalOrder },
  "postgres-snapshot-run": { shows: "domain snapshot create over 100,000 aggregates", run: postgresSnapshotRun },
  loads: { shows: "loads of up to a million events on every store; draws docs/images/loads.svg", run: loads },
  "snapshot-cost": { shows: "what snapshots cost a writer, by threshold", run: snapshotCost },
  "background-snapshots": { shows: "saves while slow snapshots are written behind them", run: backgroundSnapshots },
};

const USAGE = `npm run benchmark              all of them
npm run benchmark -- <name>…   some of them

${Object.entries(BENCHMARKS)
  .map(([name, { shows }]) => `  ${name.padEnd(22)} ${shows}`)
  .join("\n")}
`;

async function main(asked: readonly string[]): Promise<void> {
  if (asked.includes("--help")) {
    process.stdout.write(USAGE);
    return;
  }
  const known = Object.keys(BENCHMARKS);
  const unknown = asked.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    process.stderr.write(`There is no benchmark ${unknown.join(", ")}; there are\n\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  for (const name of asked.length > 0 ? asked : known) await BENCHMARKS[name]?.run();
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
