import type { SnapshotStatistics } from "@tidemark/core";
import type { Command } from "commander";

import { type AggregateSelection, chooseAggregates } from "../domain/aggregate-selection";
import { type DomainOptions, withDomain } from "../domain/with-domain";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { fieldLines } from "../printing/field-lines";
import { duration, grouped, size } from "../printing/quantities";
import { reasonWithoutSnapshots } from "../snapshots/snapshot-aggregates";
import { aggregateOption, jsonOption, type Runtime } from "./declaration";

interface SnapshotStatsOptions extends DomainOptions, Pick<AggregateSelection, "aggregate"> {}

/** Declares `domain snapshot stats`. */
export function declareSnapshotStats(snapshot: Command, { io, end }: Runtime): void {
  snapshot
    .command("stats")
    .description("print the number, size and staleness of the snapshots of each class")
    .addOption(aggregateOption())
    .addOption(jsonOption())
    .action(async (_options, command: Command) => end(await snapshotStats(io, command.optsWithGlobals())));
}

async function snapshotStats(io: Io, options: SnapshotStatsOptions): Promise<number> {
  return await withDomain(io, options, async (domain, results) => {
    const documents: Record<string, object> = {};
    for (const [name, aggregate] of chooseAggregates(domain, options.aggregate)) {
      const reason = reasonWithoutSnapshots(domain, aggregate);
      if (reason !== undefined) {
        if (!options.json) await results.line(`${name}: no snapshots: ${reason}`);
        continue;
      }
      const stats = await domain.snapshotsFor(aggregate).stats();
      if (options.json) documents[name] = documentOf(stats);
      else await results.line(linesOf(name, stats).join("\n"));
    }
    if (options.json) await results.document({ aggregates: documents });
    return ExitStatus.done;
  });
}

/** Leaves out the counts of loads, because this process loads nothing. */
function documentOf({ loads: _, failedWrites: __, threshold, largest, ...stats }: SnapshotStatistics): object {
  return {
    ...stats,
    threshold: threshold ?? null,
    largest: largest.map(({ id, ...entry }) => ({ identifier: id, ...entry })),
  };
}

function linesOf(name: string, stats: SnapshotStatistics): string[] {
  const { count, bytes, staleness, threshold, overTwiceThreshold, schemaVersions, unusable, largest } = stats;
  if (count === 0) return [`${name}: no snapshots`];
  const { aggregates, eventsSince, ageMs } = staleness;
  const behind = `${grouped(overTwiceThreshold)} aggregate(s) more than twice that behind`;
  const fields = fieldLines([
    ["events since", `${grouped(eventsSince.mean)} on average, at most ${grouped(eventsSince.max)}`],
    ["age", `${duration(ageMs.mean)} on average, at most ${duration(ageMs.max)}`],
    ["threshold", threshold === undefined ? "none" : `${grouped(threshold)} events, ${behind}`],
    ["schema versions", countsOf(schemaVersions, (version, many) => `${many} of version ${version}`)],
    ["unusable", countsOf(unusable, (reason, many) => `${many} ${reason}`) || "none"],
    ["largest", largest.map(({ id, version, bytes }) => `${size(bytes)}, ${id} at version ${version}`)],
  ]);
  const title = `${name}: ${grouped(count)} snapshot(s) of ${grouped(aggregates)} aggregate(s), ${size(bytes)}`;
  return [title, ...fields.map((line) => `  ${line}`)];
}

function countsOf(counts: Readonly<Record<string, number>>, inWords: (key: string, many: string) => string): string {
  return Object.entries(counts)
    .map(([key, count]) => inWords(key, grouped(count)))
    .join(", ");
}
