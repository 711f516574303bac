import type { AskOptions, CommandsOptions, Domain } from "@tidemark/core";
import type { Command } from "commander";

import { type DomainOptions, withDomain } from "../domain/with-domain";
import { CommandError } from "../io/command-error";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { userName } from "../io/user-name";
import { printable } from "../printing/printable";
import { grouped } from "../printing/quantities";
import { describeError } from "../printing/report-error";
import { chooseCommand } from "../queued-commands/chosen-command";
import { addFilter, type FilterOptions, filterOf } from "../queued-commands/command-filter";
import { jsonOption, type Runtime } from "./declaration";

interface CommandsRetryOptions extends DomainOptions, AskOptions, FilterOptions {
  readonly all?: boolean;
}

/** Declares `domain commands retry [id]`. */
export function declareCommandsRetry(commands: Command, { io, end }: Runtime): void {
  const retry = commands
    .command("retry")
    .description("let parked commands wait again: they are due at once, and their attempts are counted anew")
    .argument("[id]", "the id of the command, as domain commands list prints it")
    .option("--all", "all that are parked");
  addFilter(retry)
    .option("--reason <text>", "why, for those who see it")
    .option("--by <name>", "who asks for it; the user of this machine where absent")
    .addOption(jsonOption())
    .action(async (id: string | undefined, _options, command: Command) =>
      end(await commandsRetry(io, id, command.optsWithGlobals())),
    );
}

async function commandsRetry(io: Io, id: string | undefined, options: CommandsRetryOptions): Promise<number> {
  const { all = false, json = false, lane, type, by = userName(io), reason } = options;
  if (id === undefined && !all)
    throw new CommandError(
      "Cannot retry: the call does not say which command; domain commands retry <id> retries one, domain commands retry --all all",
    );
  if (id !== undefined && (all || lane !== undefined || type !== undefined))
    throw new CommandError("Cannot retry one command and others: leave out the id, or --all, --lane and --type");
  const asked = { ...(by !== undefined && { by }), ...(reason !== undefined && { reason }) };
  return await withDomain(io, options, async (domain, results) => {
    if (id !== undefined) {
      await chooseCommand(domain, id);
      const status = await domain.retryCommand(id, asked);
      if (json) await results.document(status);
      else await results.line(printable(`${status.type} (${id}) waits again, and is due at once.`));
      return ExitStatus.done;
    }
    const { retried, failed } = await retryAll(io, domain, filterOf(options), asked);
    if (json) await results.document({ retried, failed });
    else if (retried + failed === 0) await results.line("No commands are parked.");
    else
      await results.line(
        `${grouped(retried)} command(s) wait again${failed > 0 ? `, ${grouped(failed)} do not` : ""}.`,
      );
    return failed > 0 ? ExitStatus.failed : ExitStatus.done;
  });
}

const PAGE = 500;

async function retryAll(
  { stderr }: Pick<Io, "stderr">,
  domain: Domain,
  filter: CommandsOptions,
  asked: AskOptions,
): Promise<{ readonly retried: number; readonly failed: number }> {
  let [retried, failed] = [0, 0];
  for (let after: string | undefined; ; ) {
    const page = await domain.commands({
      ...filter,
      states: ["parked"],
      limit: PAGE,
      ...(after !== undefined && { after }),
    });
    for (const { id } of page) {
      try {
        await domain.retryCommand(id, asked);
        retried++;
      } catch (error) {
        failed++;
        stderr.write(`${printable(describeError(error))}\n`);
      }
    }
    after = page.at(-1)?.id;
    if (page.length < PAGE) return { retried, failed };
  }
}
