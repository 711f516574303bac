import type { Domain, ProcessStatus } from "@tidemark/core";
import { type Command, Option } from "commander";

import { paged, shellWord } from "../domain/paged";
import { type DomainOptions, withDomain } from "../domain/with-domain";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { duration, grouped } from "../printing/quantities";
import { type Column, printTable } from "../printing/table";
import { chooseProcessManager } from "../processes/chosen-process";
import { namedProcess, placeBehind } from "../processes/process-place";
import { jsonOption, limitOption, type Runtime } from "./declaration";

const USUAL_LIMIT = 50;

interface ProcessesListOptions extends DomainOptions {
  readonly process?: string;
  readonly status?: ProcessStatus["status"];
  /** The process manager and the id behind which the list goes on. */
  readonly after?: readonly string[];
  readonly limit: number;
}

/** Declares `domain processes list [process]`. */
export function declareProcessesList(processes: Command, { io, end }: Runtime): void {
  processes
    .command("list")
    .description("list the instances of process managers, with how far they are and what they wait for")
    .argument("[process]", "the process manager; those of all where absent")
    .option("--process <name>", "the same as [process]")
    .addOption(new Option("--status <status>", "only those").choices(["awaiting", "running", "ended"]))
    .option("--after <place...>", "go on behind this instance: <process> <id>")
    .addOption(limitOption("list at most n of them", USUAL_LIMIT))
    .addOption(jsonOption())
    .action(async (process: string | undefined, _options, command: Command) =>
      end(await processesList(io, process, command.optsWithGlobals())),
    );
}

async function processesList(io: Io, argument: string | undefined, options: ProcessesListOptions): Promise<number> {
  const { status, limit, json = false } = options;
  const name = namedProcess(argument, options.process);
  const start = placeBehind(options.after, ["process", "id"], name);
  return await withDomain(io, options, async (domain, results) => {
    for (const each of [name, start?.process]) if (each !== undefined) chooseProcessManager(domain, each);
    const filter = { ...(name !== undefined && { name }), ...(status !== undefined && { status }) };
    const listed = paged<ProcessStatus>(io, {
      page: (size, last) => pageOf(domain, { ...filter, limit: size }, last ?? start),
      limit,
      callBehind: (last) => callBehind(last, filter),
    });
    if (json) {
      await results.array(listed);
      await results.print("\n");
      return ExitStatus.done;
    }
    const count = await printTable(COLUMNS, rowsOf(listed, Date.now()), results);
    await results.line(count === 0 ? `No instances${ofName(name)}.` : `${grouped(count)} instance(s)${ofName(name)}.`);
    return ExitStatus.done;
  });
}

type Filter = Pick<NonNullable<Parameters<Domain["processes"]>[0]>, "name" | "status" | "limit">;

async function pageOf(
  domain: Domain,
  filter: Filter,
  after: { readonly process: string; readonly id: string } | undefined,
): Promise<readonly ProcessStatus[]> {
  return await domain.processes({ ...filter, ...(after !== undefined && { after }) });
}

function callBehind({ process, id }: ProcessStatus, { name, status }: Filter): string {
  const place = name === undefined ? `${process} ${shellWord(id)}` : shellWord(id);
  const filters = [name ?? [], status === undefined ? [] : `--status=${status}`].flat();
  return ["domain processes list", ...filters, `--after ${place}`].join(" ");
}

function ofName(name: string | undefined): string {
  return name === undefined ? "" : ` of ${name}`;
}

const COLUMNS: readonly Column[] = [
  { title: "process" },
  { title: "id", shrinks: true },
  { title: "status" },
  { title: "steps", alignRight: true },
  { title: "timers", alignRight: true },
  { title: "commands", alignRight: true },
  { title: "kept", alignRight: true },
  { title: "age", alignRight: true },
  { title: "error" },
];

async function* rowsOf(listed: AsyncIterable<ProcessStatus>, now: number): AsyncGenerator<readonly string[]> {
  for await (const { process, id, status, steps, timers, commands, waiting, changedAt, parked } of listed)
    yield [
      process,
      id,
      status,
      grouped(steps),
      grouped(timers.length),
      grouped(commands),
      grouped(waiting),
      duration(now - changedAt.getTime()),
      parked?.message ?? "",
    ];
}
