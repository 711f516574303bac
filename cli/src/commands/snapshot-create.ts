import type { Domain, SnapshotRun } from "@tidemark/core";
import { type Command, Option } from "commander";

import { type AggregateSelection, checkSelection, countAggregates } from "../domain/aggregate-selection";
import { type DomainOptions, withDomain } from "../domain/with-domain";
import { ExitStatus } from "../io/exit-status";
import { Interruption } from "../io/interruption";
import type { Io } from "../io/io";
import { printable } from "../printing/printable";
import { startProgress } from "../printing/progress";
import { describeError } from "../printing/report-error";
import type { Results } from "../printing/results";
import { chooseSnapshotAggregate, chooseSnapshotAggregates } from "../snapshots/snapshot-aggregates";
import { aggregateOption, identifierOption, jsonOption, type Runtime, wholeNumber } from "./declaration";

interface SnapshotCreateOptions extends DomainOptions, AggregateSelection {
  readonly rebuild?: boolean;
  readonly dryRun?: boolean;
  readonly concurrency?: number;
}

/** Declares `domain snapshot create`. */
export function declareSnapshotCreate(snapshot: Command, { io, end }: Runtime): void {
  snapshot
    .command("create")
    .description("create the snapshots of one aggregate, of all aggregates of a class, or of the whole domain")
    .addOption(aggregateOption())
    .addOption(identifierOption())
    .option("--rebuild", "fold all events again, without the existing snapshot")
    .option("--dry-run", "print what would be created, and write nothing")
    .addOption(new Option("--concurrency <n>", "work on this many aggregates at a time").argParser(wholeNumber(1)))
    .addOption(jsonOption())
    .action(async (_options, command: Command) => end(await snapshotCreate(io, command.optsWithGlobals())));
}

type Runs = Readonly<Record<string, SnapshotRun>>;

const METADATA = { createdBy: "domain snapshot create", reason: "cli" };

/** How many failed aggregates are named: thousands of lines would hide the rest of a log. */
const NAMED_FAILURES = 20;

async function snapshotCreate(io: Io, options: SnapshotCreateOptions): Promise<number> {
  checkSelection(options);
  return await withDomain(io, options, async (domain, results) =>
    options.identifier === undefined
      ? await createMany(io, domain, results, options)
      : await createOne(domain, results, options.identifier, options),
  );
}

async function createOne(
  domain: Domain,
  results: Results,
  id: string,
  { aggregate: name = "", rebuild = false, dryRun = false, json = false }: SnapshotCreateOptions,
): Promise<number> {
  const aggregate = chooseSnapshotAggregate(domain, name);
  const snapshot = await domain.createSnapshot(aggregate, id, { rebuild, dryRun, metadata: METADATA });
  if (json) {
    const { version, schemaVersion, createdAt } = snapshot;
    await results.document({ dryRun, aggregate: name, identifier: id, version, schemaVersion, createdAt });
  } else {
    const verb = dryRun ? "would be created" : "created";
    await results.line(`Snapshot ${verb} for ${name}(${printable(id)}).`);
  }
  return ExitStatus.done;
}

async function createMany(io: Io, domain: Domain, results: Results, options: SnapshotCreateOptions): Promise<number> {
  using interruption = new Interruption(io);
  const runs = await run(io, domain, interruption.signal, options);
  if (options.json) await results.document(documentOf(runs, options));
  else await printRuns(results, runs, options);

  if (!options.json) for (const line of notesOn(runs)) io.stderr.write(`${line}\n`);
  const stopped = Object.values(runs).some((one) => one.stopped);
  if (stopped && interruption.by !== undefined) {
    io.stderr.write(`Stopped by ${interruption.by}: the remaining aggregates were left as they are.\n`);
    return ExitStatus.endedBy(interruption.by);
  }
  return sum(runs, ({ failed }) => failed.length) > 0 ? ExitStatus.failed : ExitStatus.done;
}

async function run(io: Io, domain: Domain, signal: AbortSignal, options: SnapshotCreateOptions): Promise<Runs> {
  const { aggregate: name, rebuild = false, dryRun = false, concurrency, json = false } = options;
  const chosen = [...chooseSnapshotAggregates(domain, name).values()];
  const progress = await startProgress(io.stderr, {
    isWanted: !json,
    total: () => countAggregates(domain, chosen),
  });
  const runOptions = {
    rebuild,
    dryRun,
    signal,
    metadata: METADATA,
    ...(concurrency !== undefined && { concurrency }),
    onProgress: ({ outcome }: { outcome: string }) => progress.step(outcome === "failed"),
  };
  try {
    const [only] = chosen;
    if (name === undefined || only === undefined) return await domain.createAllSnapshots(runOptions);
    return { [name]: await domain.createSnapshots(only, runOptions) };
  } finally {
    progress.end();
  }
}

async function printRuns(results: Results, runs: Runs, { aggregate, dryRun }: SnapshotCreateOptions): Promise<void> {
  const created = sum(runs, (one) => one.created);
  const verb = dryRun ? "Would create" : "Created";
  if (aggregate !== undefined) return await results.line(`${verb} ${created} snapshot(s) for ${aggregate}.`);
  const lines = Object.entries(runs).map(([name, one]) => `${name}: ${one.created} snapshot(s)`);
  lines.push(`${verb} ${created} snapshot(s) across ${Object.keys(runs).length} aggregate(s).`);
  await results.line(lines.join("\n"));
}

/** Returns the lines for standard error: the failed aggregates, and how many needed no new snapshot. */
function notesOn(runs: Runs): string[] {
  const unchanged = sum(runs, (one) => one.unchanged);
  const failures = Object.entries(runs).flatMap(([name, { failed }]) =>
    failed.map(({ id, error }) => `${name}(${printable(id)}): ${describeError(error)}`),
  );
  const lines = failures.slice(0, NAMED_FAILURES);
  if (failures.length > NAMED_FAILURES) lines.push(`and ${failures.length - NAMED_FAILURES} more`);
  if (unchanged > 0) lines.push(`${unchanged} already current`);
  return lines;
}

function documentOf(runs: Runs, { dryRun = false }: SnapshotCreateOptions): object {
  const aggregates = Object.entries(runs).map(([name, { created, unchanged, failed }]) => {
    const failures = failed.map(({ id, error }) => ({ identifier: id, error: describeError(error) }));
    return [name, { created, unchanged, failed: failures }] as const;
  });
  return {
    dryRun,
    created: sum(runs, (one) => one.created),
    unchanged: sum(runs, (one) => one.unchanged),
    failed: sum(runs, ({ failed }) => failed.length),
    stopped: Object.values(runs).some((one) => one.stopped),
    aggregates: Object.fromEntries(aggregates),
  };
}

function sum(runs: Runs, countOf: (run: SnapshotRun) => number): number {
  return Object.values(runs).reduce((total, one) => total + countOf(one), 0);
}
