import type { AskOptions } from "@tidemark/core";
import type { Command } from "commander";

import { type DomainOptions, withDomain } from "../domain/with-domain";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { userName } from "../io/user-name";
import { printable } from "../printing/printable";
import { chooseCommand } from "../queued-commands/chosen-command";
import { jsonOption, type Runtime } from "./declaration";

/** Declares `domain commands cancel <id>`. */
export function declareCommandsCancel(commands: Command, { io, end }: Runtime): void {
  commands
    .command("cancel")
    .description("cancel a command that waits or is parked; the process that has issued it is told so")
    .argument("<id>", "the id of the command, as domain commands list prints it")
    .option("--reason <text>", "why, for those who see it")
    .option("--by <name>", "who asks for it; the user of this machine where absent")
    .addOption(jsonOption())
    .action(async (id: string, _options, command: Command) =>
      end(await commandsCancel(io, id, command.optsWithGlobals())),
    );
}

async function commandsCancel(io: Io, id: string, options: DomainOptions & AskOptions): Promise<number> {
  const { by = userName(io), reason } = options;
  return await withDomain(io, options, async (domain, results) => {
    await chooseCommand(domain, id);
    const asked = { ...(by !== undefined && { by }), ...(reason !== undefined && { reason }) };
    const status = await domain.cancelCommand(id, asked);
    const { type, issuedBy } = status;
    const told = issuedBy === undefined ? "" : ` ${issuedBy.process} ${issuedBy.id} is told so.`;
    if (options.json) await results.document(status);
    else await results.line(printable(`Cancelled ${type} (${id}): it is not carried out.${told}`));
    return ExitStatus.done;
  });
}
