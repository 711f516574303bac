import { Command, InvalidArgumentError, Option } from "commander";

import type { Line } from "./program/line";
import { inOtherCheckout } from "./program/other-checkout";
import { STORES, type StoreName } from "./program/place";
import { jsonOf, lineInShort, printLines } from "./program/print-lines";
import { runTable } from "./program/run-table";
import { STUDIES } from "./studies/all";
import { WORKLOADS } from "./workloads/all";

interface Options {
  readonly store?: readonly StoreName[];
  readonly rounds: number;
  readonly json?: true;
  readonly against?: string;
}

const WHAT_THERE_IS = `
Workloads, each a few lines of the table:
${WORKLOADS.map(({ name, title }) => `  ${name.padEnd(22)} ${title}`).join("\n")}

Studies, which only run when they are named:
${Object.entries(STUDIES)
  .map(([name, { shows }]) => `  ${name.padEnd(22)} ${shows}`)
  .join("\n")}`;

new Command("npm run benchmark --")
  .description("Measures Tidemark beside hand-written code in the same run, and prints one table.")
  .argument("[name...]", "workloads or studies; all workloads when there is none", addName)
  .addOption(new Option("--store <name...>", "only these stores").choices(STORES))
  .option("--rounds <number>", "fresh processes for each contender in each line", wholeNumber, 5)
  .option("--against <folder>", "measure the built packages of another checkout as well, such as those before a change")
  .option("--json", "print the table as one JSON document")
  .addHelpText("after", WHAT_THERE_IS)
  .action(run)
  .parseAsync()
  .catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });

async function run(names: readonly string[], { store = STORES, rounds, json, against }: Options): Promise<void> {
  // What an application pays in development alone is not measured. The processes that measure inherit it.
  process.env.NODE_ENV ??= "production";
  for (const name of names) await STUDIES[name]?.run();
  const workloads = WORKLOADS.filter(({ name }) => names.length === 0 || names.includes(name));
  if (workloads.length === 0) return;
  const options = {
    workloads,
    stores: store,
    rounds,
    started: (what: string) => process.stderr.write(`${what} … `),
    measured: (line: Line) => process.stderr.write(`${lineInShort(line)}\n`),
  };
  const table =
    against === undefined
      ? await runTable(options)
      : await inOtherCheckout(against, (before) => runTable({ ...options, before }));
  if (json === true) process.stdout.write(`${jsonOf(table, rounds)}\n`);
  else printLines(table, rounds);
}

function addName(name: string, earlier: readonly string[] = []): readonly string[] {
  const known = [...WORKLOADS.map((workload) => workload.name), ...Object.keys(STUDIES)];
  if (!known.includes(name)) throw new InvalidArgumentError(`\nThere are ${known.join(", ")}.`);
  return [...earlier, name];
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError("It is a whole number of at least 1.");
  return Number(text);
}
