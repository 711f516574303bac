import type { TimerStatus } from "@tidemark/core";
import type { Command } from "commander";

import { paged, shellWord } from "../domain/paged";
import { type DomainOptions, withDomain } from "../domain/with-domain";
import { CommandError } from "../io/command-error";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { grouped } from "../printing/quantities";
import { distance } from "../printing/relative-time";
import { type Column, printTable } from "../printing/table";
import { chooseProcessManager } from "../processes/chosen-process";
import { namedProcess, placeBehind } from "../processes/process-place";
import type { NamedTimer } from "../timers/chosen-timer";
import { jsonOption, limitOption, type Runtime } from "./declaration";

const USUAL_LIMIT = 50;

interface TimersListOptions extends DomainOptions {
  readonly process?: string;
  readonly id?: string;
  /** The process manager, the id and the name of the timer behind which the list goes on. */
  readonly after?: readonly string[];
  readonly limit: number;
}

/** Declares `domain timers list [process]`. */
export function declareTimersList(timers: Command, { io, end }: Runtime): void {
  timers
    .command("list")
    .description("list the timers that are set, with when they are due")
    .argument("[process]", "the process manager; those of all where absent")
    .option("--process <name>", "the same as [process]")
    .option("--id <id>", "only those of the instance with this id; needs the process manager")
    .option("--after <place...>", "go on behind this timer: <process> <id> <name>")
    .addOption(limitOption("list at most n of them", USUAL_LIMIT))
    .addOption(jsonOption())
    .action(async (process: string | undefined, _options, command: Command) =>
      end(await timersList(io, process, command.optsWithGlobals())),
    );
}

async function timersList(io: Io, argument: string | undefined, options: TimersListOptions): Promise<number> {
  const { id, limit, json = false } = options;
  const process = namedProcess(argument, options.process);
  if (id !== undefined && process === undefined)
    throw new CommandError("--id needs a process manager: ids are unique only among its instances");
  const start: NamedTimer | undefined = placeBehind(options.after, ["process", "id", "name"], process);
  return await withDomain(io, options, async (domain, results) => {
    for (const each of [process, start?.process]) if (each !== undefined) chooseProcessManager(domain, each);
    const filter = { ...(process !== undefined && { process }), ...(id !== undefined && { id }) };
    const listed = paged<TimerStatus>(io, {
      page: (size, last) => {
        const after = last ?? start;
        return domain.timers({ ...filter, limit: size, ...(after !== undefined && { after }) });
      },
      limit,
      callBehind: (last) => callBehind(last, filter),
    });
    if (json) {
      await results.array(listed);
      await results.print("\n");
      return ExitStatus.done;
    }
    const count = await printTable(COLUMNS, rowsOf(listed, Date.now()), results);
    await results.line(count === 0 ? "No timers are set." : `${grouped(count)} timer(s) are set.`);
    return ExitStatus.done;
  });
}

function callBehind(last: TimerStatus, { process, id }: { readonly process?: string; readonly id?: string }): string {
  const place = [...(process === undefined ? [last.process] : []), last.id, last.name].map(shellWord).join(" ");
  const filters = [process ?? [], id === undefined ? [] : `--id=${shellWord(id)}`].flat();
  return ["domain timers list", ...filters, `--after ${place}`].join(" ");
}

const COLUMNS: readonly Column[] = [
  { title: "process" },
  { title: "id", shrinks: true },
  { title: "timer" },
  { title: "due" },
  { title: "" },
];

async function* rowsOf(listed: AsyncIterable<TimerStatus>, now: number): AsyncGenerator<readonly string[]> {
  for await (const { process, id, name, dueAt } of listed)
    yield [process, id, name, dueAt.toISOString(), distance(dueAt, now)];
}
