import type { AggregateConversion } from "@tidemark/core";
import { type Command, Option } from "commander";

import { comparedDocument, countsInWords, leftOut, printDifferences } from "../aggregates/compared-aggregates";
import { longWork } from "../aggregates/long-work";
import { chooseAggregate } from "../domain/aggregate-selection";
import { type DomainOptions, loadedDomain } from "../domain/with-domain";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { grouped } from "../printing/quantities";
import { Results } from "../printing/results";
import { rowJson } from "../projections/row-values";
import { jsonOption, type Runtime } from "./declaration";

interface AggregateConvertOptions extends DomainOptions {
  readonly dryRun?: boolean;
}

/** Declares `domain aggregate convert <name>`. */
export function declareAggregateConvert(aggregate: Command, { io, end }: Runtime): void {
  aggregate
    .command("convert")
    .description("write an opening event from each row of aggregates that are stored as events from now on")
    .argument("<name>", "the aggregates' class")
    .addOption(new Option("--dry-run", "compare the rows with what the events would give, and write nothing"))
    .addOption(jsonOption())
    .action(async (name: string, _options, command: Command) =>
      end(await aggregateConvert(io, name, command.optsWithGlobals())),
    );
}

async function aggregateConvert(io: Io, name: string, options: AggregateConvertOptions): Promise<number> {
  const { dryRun = false, json = false } = options;
  // Without init(), which refuses a domain with rows that are still to be converted.
  const domain = await loadedDomain(io, options);
  const aggregate = chooseAggregate(domain, name);
  const results = new Results(io.stdout);
  return await longWork(
    io,
    { json, leftUndone: `the remaining rows of ${name} are as they were; the same call goes on with them` },
    (long) => domain.convertAggregate(aggregate, { dryRun, ...long }),
    async (conversion) => {
      if (json) await results.line(rowJson({ aggregate: name, ...comparedDocument(conversion) }, 2));
      else await print(io, results, name, conversion);
      return conversion.differing + conversion.failing > 0 ? ExitStatus.failed : ExitStatus.done;
    },
  );
}

async function print(io: Io, results: Results, name: string, conversion: AggregateConversion): Promise<void> {
  const { checked, table } = conversion;
  if (checked === 0) return await results.line(`Nothing to convert: the table ${table} has no rows of ${name}.`);
  await printDifferences(results, name, conversion);
  await results.line(summaryOf(name, conversion));
  const aside = leftOut(conversion);
  if (aside !== undefined) io.stderr.write(`${aside}\n`);
}

function summaryOf(name: string, conversion: AggregateConversion): string {
  const { checked, converted, dryRun } = conversion;
  const all = `${grouped(checked)} aggregate(s) of ${name}`;
  const counts = countsInWords(conversion).join(", ");
  if (counts === "") return dryRun ? `Would convert ${all}.` : `Converted ${all}.`;
  if (dryRun) return `Would convert nothing: of ${all} ${counts}.`;
  return converted === 0
    ? `Converted nothing: of ${all} ${counts}.`
    : `Converted ${grouped(converted)} of ${all}: ${counts}.`;
}
