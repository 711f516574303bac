import type { Domain, DomainProblem } from "@tidemark/core";
import type { Command } from "commander";

import type { DomainOptions } from "../domain/with-domain";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { printable } from "../printing/printable";
import { grouped } from "../printing/quantities";
import { redact } from "../printing/redact";
import { Results } from "../printing/results";
import { jsonOption, type Runtime } from "./declaration";

/** Declares `domain check`. */
export function declareCheck(program: Command, { io, end }: Runtime): void {
  program
    .command("check")
    .description("list every problem of the domain, without connecting to anything")
    .addOption(jsonOption())
    .action(async (_options, command: Command) => end(await check(io, command.optsWithGlobals())));
}

async function check(io: Io, options: DomainOptions): Promise<number> {
  const results = new Results(io.stdout);
  const { loadedDomain } = require("../domain/with-domain") as typeof import("../domain/with-domain");
  const domain = await loadedDomain(io, options);
  const problems = await domain.check();
  if (options.json) await results.document(documentOf(domain, problems));
  else await results.line([...problems.map(lineOf), summaryOf(domain, problems)].join("\n"));
  return problems.length === 0 ? ExitStatus.done : ExitStatus.failed;
}

function documentOf({ name, aggregates, events, commands }: Domain, problems: readonly DomainProblem[]): object {
  return {
    domain: name,
    aggregates: aggregates.size,
    events: events.size,
    commands: commands.size,
    problems: problems.map(({ message, ...problem }) => ({ ...problem, message: redact(message) })),
  };
}

function lineOf({ severity, message }: DomainProblem): string {
  return `${severity}: ${redact(printable(message))}`;
}

function summaryOf({ name, aggregates, events, commands }: Domain, problems: readonly DomainProblem[]): string {
  const parts = [
    inWords(aggregates.size, "aggregate"),
    inWords(events.size, "event"),
    inWords(commands.size, "command"),
  ].join(", ");
  return `${name}: ${parts}: ${problems.length === 0 ? "no problems" : inWords(problems.length, "problem")}`;
}

function inWords(count: number, what: string): string {
  return `${grouped(count)} ${what}${count === 1 ? "" : "s"}`;
}
