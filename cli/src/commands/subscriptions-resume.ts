import type { Command } from "commander";

import { type DomainOptions, withDomain } from "../domain/with-domain";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { chooseSubscription } from "../subscriptions/choose-subscription";
import { subscriptionDocument } from "../subscriptions/subscription-line";
import { jsonOption, type Runtime } from "./declaration";

/** Declares `domain subscriptions resume <name>`. */
export function declareSubscriptionsResume(subscriptions: Command, { io, end }: Runtime): void {
  subscriptions
    .command("resume")
    .description(
      "let servers go on with a projection, an event handler or a process manager that was paused or has stopped",
    )
    .argument("<name>", "the name of the projection, the event handler or the process manager")
    .addOption(jsonOption())
    .action(async (name: string, _options, command: Command) => end(await resume(io, name, command.optsWithGlobals())));
}

async function resume(io: Io, name: string, options: DomainOptions): Promise<number> {
  return await withDomain(io, options, async (domain, results) => {
    chooseSubscription(domain, await domain.subscriptions(), name);
    const isResumed = await domain.resumeSubscription(name);
    const status = chooseSubscription(domain, await domain.subscriptions(), name);
    if (options.json) await results.document({ resumed: isResumed, ...subscriptionDocument(status) });
    else if (isResumed) await results.line(`Resumed ${name}: servers go on with it within a second.`);
    else await results.line(`Nothing to do: ${name} was not paused, and has not stopped.`);
    return ExitStatus.done;
  });
}
