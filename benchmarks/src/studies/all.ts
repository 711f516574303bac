import { backgroundSnapshots } from "./background-snapshots";
import { inlineRoundTrips } from "./inline-round-trips";
import { largeDomain } from "./large-domain";
import { loads } from "./loads";
import { overdueTimers } from "./overdue-timers";
import { postgresGlobalOrder } from "./postgres-global-order";
import { postgresSnapshotRun } from "./postgres-snapshot-run";
import { projectionMemory } from "./projection-memory";
import { rebuildUnderLoad } from "./rebuild-under-load";
import { serverScaling } from "./server-scaling";
import { snapshotCost } from "./snapshot-cost";
import { sqliteDrivers } from "./sqlite-drivers";
import { waysOfStoring } from "./ways-of-storing";

/** Looks at one question, with a table of its own. */
interface Study {
  readonly shows: string;
  readonly run: () => Promise<void>;
}

export const STUDIES: Readonly<Record<string, Study>> = {
  loads: { shows: "loads of up to a million events on every store; draws docs/images/loads.svg", run: loads },
  "snapshot-cost": { shows: "what snapshots cost a writer, by threshold", run: snapshotCost },
  "background-snapshots": { shows: "saves while slow snapshots are written behind them", run: backgroundSnapshots },
  "large-domain": { shows: "types, loading and init() of 200 aggregates, beside zod alone", run: largeDomain },
  "postgres-global-order": { shows: "what a reader in global order misses: nothing", run: postgresGlobalOrder },
  "postgres-snapshot-run": { shows: "domain snapshot create over 100,000 aggregates", run: postgresSnapshotRun },
  "inline-round-trips": {
    shows: "round trips of a command on PostgreSQL without and with an inline projection",
    run: inlineRoundTrips,
  },
  "overdue-timers": {
    shows: "100,000 timers that are due after an outage on PostgreSQL, with four servers",
    run: overdueTimers,
  },
  "projection-memory": { shows: "the memory of a process that projects a million events", run: projectionMemory },
  "rebuild-under-load": {
    shows: "a rebuild of a million events on PostgreSQL, killed and gone on with, under load",
    run: rebuildUnderLoad,
  },
  "server-scaling": { shows: "one subscription with one, two and four servers on PostgreSQL", run: serverScaling },
  "sqlite-drivers": { shows: "the two drivers of SQLite side by side; takes Node 22.13", run: sqliteDrivers },
  "ways-of-storing": {
    shows: "loads and commands on aggregates stored as events, as state, or as both, on SQLite and PostgreSQL",
    run: waysOfStoring,
  },
};
