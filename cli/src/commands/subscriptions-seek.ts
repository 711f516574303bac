import type { SeekOptions } from "@tidemark/core";
import type { Command } from "commander";

import { type DomainOptions, withDomain } from "../domain/with-domain";
import { CommandError } from "../io/command-error";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { grouped } from "../printing/quantities";
import { chooseSubscription } from "../subscriptions/choose-subscription";
import { jsonOption, type Runtime } from "./declaration";

interface SeekCommandOptions extends DomainOptions {
  readonly to?: string;
  readonly allowSideEffects?: boolean;
}

/** Declares `domain subscriptions seek <name> <place>`. */
export function declareSubscriptionsSeek(subscriptions: Command, { io, end }: Runtime): void {
  subscriptions
    .command("seek")
    .description("move an event handler to another place of the log")
    .argument("<name>", "the name of the event handler")
    .argument("[place]", "beginning, now, or the global position behind which it goes on")
    .option("--to <place>", "the same as [place]")
    .option("--allow-side-effects", "handle events again, with all of their effects")
    .addOption(jsonOption())
    .action(async (name: string, place: string | undefined, _options, command: Command) =>
      end(await seek(io, name, place, command.optsWithGlobals())),
    );
}

async function seek(io: Io, name: string, place: string | undefined, options: SeekCommandOptions): Promise<number> {
  const to = placeOf(place, options.to);
  return await withDomain(io, options, async (domain, results) => {
    chooseSubscription(domain, await domain.subscriptions(), name);
    const { allowSideEffects = false } = options;
    const { from = null, to: at } = await domain.seekSubscription(name, { to, allowSideEffects });
    const { lag } = chooseSubscription(domain, await domain.subscriptions(), name);
    if (options.json) await results.document({ name, from, to: at, lag });
    else {
      const before = from === null ? "" : ` from position ${grouped(from)}`;
      await results.line(`Moved ${name}${before} to ${grouped(at)}: ${grouped(lag)} event(s) are left.`);
    }
    return ExitStatus.done;
  });
}

/** @throws CommandError unless exactly one place is given. */
function placeOf(place: string | undefined, option: string | undefined): SeekOptions["to"] {
  const text = place ?? option;
  if (text === undefined || (place !== undefined && option !== undefined && place !== option))
    throw new CommandError("Cannot tell where to move it: give one place, beginning, now or a global position");
  if (text === "beginning" || text === "now") return text;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new CommandError(`There is no place ${JSON.stringify(text)}: give beginning, now or a global position`);
}
