import type { Command } from "commander";

import { type DomainOptions, withDomain } from "../domain/with-domain";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { printable } from "../printing/printable";
import { fromNow } from "../printing/relative-time";
import { chooseTimer, type NamedTimer, notSet } from "../timers/chosen-timer";
import { jsonOption, type Runtime } from "./declaration";

/** Declares `domain timers fire <process> <id> <name>`. */
export function declareTimersFire(timers: Command, { io, end }: Runtime): void {
  timers
    .command("fire")
    .description("let a timer fire now, whenever it is due")
    .argument("<process>", "the process manager")
    .argument("<id>", "the id of the instance")
    .argument("<name>", "the name of the timer")
    .addOption(jsonOption())
    .action(async (process: string, id: string, name: string, _options, command: Command) =>
      end(await timersFire(io, { process, id, name }, command.optsWithGlobals())),
    );
}

async function timersFire(io: Io, named: NamedTimer, options: DomainOptions): Promise<number> {
  return await withDomain(io, options, async (domain, results) => {
    const timer = await chooseTimer(domain, named);
    if (!(await domain.fireTimer(named))) throw notSet(named, " any more");
    const { process, id, name } = named;
    const due = fromNow(timer.dueAt, Date.now());
    if (options.json) await results.document({ ...timer, fired: true });
    else
      await results.line(
        printable(`Fired timer ${name} of ${process} ${id}, which was due ${due}; the server of ${process} tells it.`),
      );
    return ExitStatus.done;
  });
}
