import type { Command } from "commander";

import { type DomainOptions, withDomain } from "../domain/with-domain";
import { type ConfirmationOptions, isConfirmed } from "../io/ask";
import { CommandError } from "../io/command-error";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { userName } from "../io/user-name";
import { chooseParked, type NamedKey } from "../parked/choose-parked";
import { printable } from "../printing/printable";
import { jsonOption, type Runtime, yesOption } from "./declaration";

interface ParkedSkipOptions extends DomainOptions, ConfirmationOptions {
  readonly reason: string;
  readonly by?: string;
}

/** Declares `domain parked skip <subscription> <key>`. */
export function declareParkedSkip(parked: Command, { io, end }: Runtime): void {
  parked
    .command("skip")
    .description("pass over the event because of which a key is set aside, and go on with the later ones")
    .argument("<subscription>", "the projection, event handler or process manager")
    .argument("<key>", "the key, as domain parked list prints it")
    .requiredOption("--reason <text>", "why the event is passed over; kept in the record")
    .option("--by <name>", "who decides it (default: the user of the system)")
    .addOption(yesOption())
    .addOption(jsonOption())
    .action(async (subscription: string, key: string, _options, command: Command) =>
      end(await parkedSkip(io, { subscription, key }, command.optsWithGlobals())),
    );
}

async function parkedSkip(io: Io, named: NamedKey, options: ParkedSkipOptions): Promise<number> {
  const { subscription, key } = named;
  const { reason, by = userName(io), json = false } = options;
  if (reason.trim() === "") throw new CommandError("Cannot skip an event without a reason: --reason is empty");
  return await withDomain(io, options, async (domain, results) => {
    const { type, position } = await chooseParked(domain, named);
    const event = `${type} at global position ${position}`;
    const question = `Let ${subscription} pass over ${event} for key ${JSON.stringify(key)}, for good?`;
    if (!(await isConfirmed(io, printable(question), options))) return ExitStatus.failed;
    const { failed } = await domain.skipParked({ ...named, reason, ...(by !== undefined && { by }) });
    const [next] = failed;
    if (json)
      await results.document({
        subscription,
        key,
        type,
        position,
        reason,
        by: by ?? null,
        isUpToDate: next === undefined,
      });
    else await results.line(printable(`Skipped ${event} for key ${key} of ${subscription}.`));
    if (next === undefined) return ExitStatus.done;
    const { place, error } = next;
    io.stderr.write(
      printable(
        `A later event failed: ${place} on ${next.type} at global position ${next.position}: ${error.message}`,
      ).concat("\n"),
    );
    return ExitStatus.failed;
  });
}
