import type { Diagnosis, EventStoreDiagnosis } from "@tidemark/core";
import type { Command } from "commander";

import { type DomainOptions, loadedDomain } from "../domain/with-domain";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { printable } from "../printing/printable";
import { redact } from "../printing/redact";
import { Results } from "../printing/results";
import { jsonOption, type Runtime } from "./declaration";

interface DoctorOptions extends DomainOptions {
  readonly strict?: boolean;
}

/** Declares `domain eventstore doctor`. */
export function declareEventstoreDoctor(eventstore: Command, { io, end }: Runtime): void {
  eventstore
    .command("doctor")
    .description("look for what endangers stored events: settings of the database, its standbys, what stands before it")
    .option("--strict", "end with status 1 for warnings and for what could not be seen, too")
    .addOption(jsonOption())
    .action(async (_options, command: Command) => end(await eventstoreDoctor(io, command.optsWithGlobals())));
}

async function eventstoreDoctor(io: Io, options: DoctorOptions): Promise<number> {
  const { strict = false, json = false } = options;
  const results = new Results(io.stdout);
  const domain = await loadedDomain(io, options);
  const diagnosis = await domain.diagnoseEventStore();
  if (json) await results.document(diagnosis);
  else await results.line(inWords(diagnosis).map(redact).join("\n"));
  const failing: readonly Diagnosis["verdict"][] = strict ? ["danger", "warning", "unknown"] : ["danger"];
  const fails = (diagnosis.diagnoses ?? []).some(({ verdict }) => failing.includes(verdict));
  return fails ? ExitStatus.failed : ExitStatus.done;
}

/** The worst comes first. */
const VERDICTS = ["danger", "warning", "unknown", "fine"] as const;

function inWords({ eventStore, isDurable, diagnoses = [] }: EventStoreDiagnosis): readonly string[] {
  const store = printable(eventStore);
  if (diagnoses.length === 0)
    return isDurable ? [`Nothing was looked at: ${store}.`] : [`Nothing can be set wrongly: ${store}.`, NOTHING_KEPT];
  const ordered = VERDICTS.flatMap((verdict) => diagnoses.filter((each) => each.verdict === verdict));
  return [
    `Looked at ${store}.`,
    "",
    ...ordered.flatMap(linesOf),
    "",
    `${countsOf(diagnoses)}.`,
    isDurable ? EVENTS_THEMSELVES : NOTHING_KEPT,
  ];
}

const NOTHING_KEPT = "Its events end with the process that stores them.";
const EVENTS_THEMSELVES = "The events themselves were not read: domain eventstore verify does that.";

const VERDICT_WIDTH = Math.max(...VERDICTS.map((verdict) => verdict.length));

/** The finding, and under it what to do. Lines are not cut, so that an advice can be copied. */
function linesOf({ verdict, name, finding, advice }: Diagnosis): readonly string[] {
  const line = `${verdict.padEnd(VERDICT_WIDTH)}  ${name}: ${printable(finding)}`;
  return advice === undefined ? [line] : [line, `${" ".repeat(VERDICT_WIDTH)}  -> ${printable(advice)}`];
}

/** Such as `1 danger, 2 warnings, 14 fine`. */
function countsOf(diagnoses: readonly Diagnosis[]): string {
  const counts = VERDICTS.map((verdict) => {
    const count = diagnoses.filter((each) => each.verdict === verdict).length;
    const hasPlural = count !== 1 && (verdict === "danger" || verdict === "warning");
    return { count, text: `${count} ${verdict}${hasPlural ? "s" : ""}` };
  });
  return counts.flatMap(({ count, text }) => (count === 0 ? [] : [text])).join(", ");
}
