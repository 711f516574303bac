import type { Domain, DomainProblem } from "@tidemark/core";

import { ExitStatus } from "../exit-status";
import { printable } from "../printable";
import { grouped } from "../quantities";
import { redact } from "../redact";
import { claimStandardOutput } from "../results";
import { type DomainOptions, loadedDomain } from "../with-domain";

export interface CheckOptions extends DomainOptions {
  readonly json?: boolean;
}

/** `domain check` */
export async function check(options: CheckOptions): Promise<number> {
  const results = claimStandardOutput();
  const domain = await loadedDomain(options);
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
