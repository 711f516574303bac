import type { Domain } from "@tidemark/core";
import { type Command, Option } from "commander";

import { type AggregateSelection, checkSelection, countAggregates } from "../domain/aggregate-selection";
import { type DomainOptions, withDomain } from "../domain/with-domain";
import { ExitStatus } from "../io/exit-status";
import { Interruption } from "../io/interruption";
import type { Io } from "../io/io";
import { startProgress } from "../printing/progress";
import type { Results } from "../printing/results";
import { chooseSnapshotAggregates } from "../snapshots/snapshot-aggregates";
import { type Finding, VerificationReport } from "../snapshots/verification-report";
import { aggregateOption, identifierOption, jsonOption, type Runtime } from "./declaration";

interface SnapshotVerifyOptions extends DomainOptions, AggregateSelection {
  readonly repair?: boolean;
}

/** Declares `domain snapshot verify`. */
export function declareSnapshotVerify(snapshot: Command, { io, end }: Runtime): void {
  snapshot
    .command("verify")
    .description("rebuild aggregates from their events and report the snapshots that differ")
    .addOption(aggregateOption())
    .addOption(identifierOption())
    .addOption(new Option("--repair", "replace wrong snapshots by new ones"))
    .addOption(jsonOption())
    .action(async (_options, command: Command) => end(await snapshotVerify(io, command.optsWithGlobals())));
}

async function snapshotVerify(io: Io, options: SnapshotVerifyOptions): Promise<number> {
  checkSelection(options);
  return await withDomain(io, options, async (domain, results) => {
    const { repair = false, json = false } = options;
    using interruption = new Interruption(io);
    const report = new VerificationReport(results, { repair, json });
    await verify(domain, { io, results, report, signal: interruption.signal }, options);
    const { by: signal } = interruption;
    await report.end({ stopped: signal !== undefined });
    if (signal !== undefined) {
      io.stderr.write(`Stopped by ${signal}: the remaining aggregates were not verified.\n`);
      return ExitStatus.endedBy(signal);
    }
    return report.leftWrong > 0 ? ExitStatus.failed : ExitStatus.done;
  });
}

interface Run {
  readonly io: Io;
  readonly results: Results;
  readonly report: VerificationReport;
  readonly signal: AbortSignal;
}

async function verify(
  domain: Domain,
  { io, results, report, signal }: Run,
  options: SnapshotVerifyOptions,
): Promise<void> {
  const { aggregate, identifier, repair = false, json = false } = options;
  const progress = await startProgress(io.stderr, {
    isWanted: !json && identifier === undefined,
    total: () => countAggregates(domain, chooseSnapshotAggregates(domain, aggregate).values()),
  });
  try {
    for await (const finding of findings(domain, options, signal)) {
      const isWrong = !["equal", "missing"].includes(finding.outcome);
      report.count(finding);
      if (isWrong) await progress.aside(() => report.print(finding));
      progress.step(isWrong && !finding.repaired);
      // Without a reader only the repairs are still worth the work.
      if (results.isClosed && !repair) return;
    }
  } finally {
    progress.end();
  }
}

async function* findings(
  domain: Domain,
  { aggregate: name, identifier: id, repair = false }: SnapshotVerifyOptions,
  signal: AbortSignal,
): AsyncGenerator<Finding> {
  for (const [aggregate, type] of chooseSnapshotAggregates(domain, name)) {
    const snapshots = domain.snapshotsFor(type);
    if (id !== undefined) yield { aggregate, ...(await snapshots.verify(id, { repair })) };
    else for await (const one of snapshots.verify({ repair, signal })) yield { aggregate, ...one };
  }
}
