import type { Domain, ProjectionClass, RebuildProgress, RebuildResult } from "@tidemark/core";
import { type Command, Option } from "commander";

import { type DomainOptions, withDomain } from "../domain/with-domain";
import { type ConfirmationOptions, isConfirmed } from "../io/ask";
import { ExitStatus } from "../io/exit-status";
import { Interruption } from "../io/interruption";
import type { Io } from "../io/io";
import { printable } from "../printing/printable";
import { duration, grouped } from "../printing/quantities";
import type { Results } from "../printing/results";
import { startWorkProgress } from "../printing/work-progress";
import { chooseProjection } from "../projections/choose-projection";
import { differenceLine } from "../projections/difference-line";
import { rowJson } from "../projections/row-values";
import { jsonOption, type Runtime, yesOption } from "./declaration";

interface ProjectionRebuildOptions extends DomainOptions, ConfirmationOptions {
  readonly id?: string;
  readonly dryRun?: boolean;
}

/** Declares `domain projection rebuild <name>`. */
export function declareProjectionRebuild(projection: Command, { io, end }: Runtime): void {
  projection
    .command("rebuild")
    .description("fold the events of a projection again beside its rows, and put the result in their place")
    .argument("<name>", "the projection")
    .addOption(new Option("--id <key>", "only the row with this key"))
    .option("--dry-run", "print what would change and how long it would take, and change nothing")
    .addOption(yesOption())
    .addOption(jsonOption())
    .action(async (name: string, _options, command: Command) =>
      end(await projectionRebuild(io, name, command.optsWithGlobals())),
    );
}

const PHASES: Readonly<Record<RebuildProgress["phase"], string>> = {
  folding: "Folding",
  indexing: "Indexing",
  comparing: "Comparing",
  switching: "Switching",
};

async function projectionRebuild(io: Io, name: string, options: ProjectionRebuildOptions): Promise<number> {
  const { id, dryRun = false, json = false } = options;
  return await withDomain(io, options, async (domain, results) => {
    const projection = chooseProjection(domain, name);
    const what = id === undefined ? `the rows of ${name}` : `the row ${JSON.stringify(id)} of ${name}`;
    const question = printable(`Fold ${what} again, and put the result in their place?`);
    if (!dryRun && !(await isConfirmed(io, question, options))) return ExitStatus.failed;
    using interruption = new Interruption(io);
    const outcome = await rebuild(io, domain, projection, { id, dryRun, json, signal: interruption.signal });
    if ("stopped" in outcome) {
      const signal = interruption.by as NodeJS.Signals;
      if (json) await results.document({ projection: name, dryRun, stopped: true });
      io.stderr.write(`Stopped by ${signal}: ${endingOf(name, options)}.\n`);
      return ExitStatus.endedBy(signal);
    }
    const { dryRun: changes, ...numbers } = outcome;
    const document = { projection: name, dryRun, ...numbers, ...(changes && { changes }), stopped: false };
    if (json) await results.line(rowJson(document, 2));
    else await printOutcome(results, name, outcome, options);
    return ExitStatus.done;
  });
}

/** What is left behind by a rebuild that was cancelled. */
function endingOf(name: string, { id, dryRun = false }: ProjectionRebuildOptions): string {
  if (dryRun) return "nothing was changed";
  if (id !== undefined) return "the row is as it was";
  return `the rows are as they were; domain projection rebuild ${name} goes on where this one ended`;
}

interface RebuildCall {
  readonly id: string | undefined;
  readonly dryRun: boolean;
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/** @returns `stopped` where the signal has ended it. */
async function rebuild(
  io: Io,
  domain: Domain,
  projection: ProjectionClass,
  { id, dryRun, json, signal }: RebuildCall,
): Promise<RebuildResult | { readonly stopped: true }> {
  const progress = startWorkProgress(io.stderr, { isWanted: !json && id === undefined });
  try {
    return await domain.rebuildProjection(projection, {
      ...(id !== undefined && { id }),
      ...(dryRun && { dryRun }),
      signal,
      onProgress: ({ phase, events, total, rows }) =>
        progress.update({
          phase: PHASES[phase],
          done: events,
          total,
          unit: "events",
          aside: `${grouped(rows)} rows`,
        }),
    });
  } catch (error) {
    if (signal.aborted && error === signal.reason) return { stopped: true };
    throw error;
  } finally {
    progress.end();
  }
}

async function printOutcome(
  results: Results,
  name: string,
  { rows, events, ms, dryRun: found }: RebuildResult,
  { id, dryRun = false }: ProjectionRebuildOptions,
): Promise<void> {
  const folded = `${grouped(rows)} row(s) from ${grouped(events)} event(s) in ${time(ms)}`;
  if (!dryRun || found === undefined) {
    const what = id === undefined ? name : `row ${printable(id)} of ${name}`;
    return await results.line(`Rebuilt ${what}: ${folded}.`);
  }
  const { changed, missing, extra, examples, estimatedMs } = found;
  const lines = examples.map(
    ({ key, path, stored, rebuilt }) =>
      `${printable(key)}  ${differenceLine({ path, stored, folded: rebuilt }, "rebuilt")}`,
  );
  await results.line(
    [
      ...lines,
      `Folded ${folded}, and changed nothing.`,
      `A rebuild would change ${grouped(changed)} row(s), add ${grouped(missing)} and remove ${grouped(extra)}, in about ${time(estimatedMs)}.`,
    ].join("\n"),
  );
}

function time(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : duration(ms);
}
