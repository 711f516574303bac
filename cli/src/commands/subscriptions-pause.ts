import type { Command } from "commander";

import { type DomainOptions, withDomain } from "../domain/with-domain";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { userName } from "../io/user-name";
import { chooseSubscription } from "../subscriptions/choose-subscription";
import { subscriptionDocument } from "../subscriptions/subscription-line";
import { jsonOption, type Runtime } from "./declaration";

interface PauseCommandOptions extends DomainOptions {
  readonly by?: string;
  readonly reason?: string;
}

/** Declares `domain subscriptions pause <name>`. */
export function declareSubscriptionsPause(subscriptions: Command, { io, end }: Runtime): void {
  subscriptions
    .command("pause")
    .description("let no server go on with a projection, an event handler or a process manager, until it is resumed")
    .argument("<name>", "the name of the projection, the event handler or the process manager")
    .option("--reason <text>", "why, for those who see it")
    .option("--by <name>", "who asks for it; the user of this machine where absent")
    .addOption(jsonOption())
    .action(async (name: string, _options, command: Command) => end(await pause(io, name, command.optsWithGlobals())));
}

async function pause(io: Io, name: string, { by = userName(io), reason, ...options }: PauseCommandOptions) {
  return await withDomain(io, options, async (domain, results) => {
    chooseSubscription(domain, await domain.subscriptions(), name);
    await domain.pauseSubscription(name, { ...(by !== undefined && { by }), ...(reason !== undefined && { reason }) });
    const status = chooseSubscription(domain, await domain.subscriptions(), name);
    if (options.json) await results.document(subscriptionDocument(status));
    else await results.line(`Paused ${name}: servers end what they have in hand of it, within a second.`);
    return ExitStatus.done;
  });
}
