import type { AggregateVerification } from "@tidemark/core";
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
import { jsonOption, type Runtime, wholeNumber } from "./declaration";

interface AggregateVerifyOptions extends DomainOptions {
  readonly sample?: number;
  readonly repair?: boolean;
}

/** Declares `domain aggregate verify <name>`. */
export function declareAggregateVerify(aggregate: Command, { io, end }: Runtime): void {
  aggregate
    .command("verify")
    .description("fold the events of aggregates, and print where what is stored of them differs")
    .argument("<name>", "the aggregates' class")
    .addOption(new Option("--sample <n>", "only this many aggregates, picked at random").argParser(wholeNumber(1)))
    .addOption(new Option("--repair", "write what differs and what is missing anew, where events are the truth"))
    .addOption(jsonOption())
    .action(async (name: string, _options, command: Command) =>
      end(await aggregateVerify(io, name, command.optsWithGlobals())),
    );
}

async function aggregateVerify(io: Io, name: string, options: AggregateVerifyOptions): Promise<number> {
  const { sample, repair = false, json = false } = options;
  // Without init(), which refuses a domain whose aggregates have to be repaired first.
  const domain = await loadedDomain(io, options);
  const aggregate = chooseAggregate(domain, name);
  const results = new Results(io.stdout);
  return await longWork(
    io,
    { json, leftUndone: `${name} was not verified to the end` },
    (long) => domain.verifyAggregate(aggregate, { ...(sample !== undefined && { sample }), repair, ...long }),
    async (verification) => {
      if (json) await results.line(rowJson({ aggregate: name, repair, ...comparedDocument(verification) }, 2));
      else await print(io, results, name, verification);
      const { differing, repaired, failing } = verification;
      return differing > repaired || failing > 0 ? ExitStatus.failed : ExitStatus.done;
    },
  );
}

async function print(io: Io, results: Results, name: string, verification: AggregateVerification): Promise<void> {
  const { checked, repaired } = verification;
  await printDifferences(results, name, verification);
  const counts = [...countsInWords(verification), ...(repaired === 0 ? [] : [`${grouped(repaired)} repaired`])];
  await results.line(`Verified ${grouped(checked)} aggregate(s) of ${name}: ${counts.join(", ") || "no differences"}.`);
  const aside = leftOut(verification);
  if (aside !== undefined) io.stderr.write(`${aside}\n`);
}
