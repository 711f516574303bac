import type { SubscriptionStatus } from "@tidemark/core";
import type { Command } from "commander";

import { type DomainOptions, withDomain } from "../domain/with-domain";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { fieldLines } from "../printing/field-lines";
import { chooseSubscription } from "../subscriptions/choose-subscription";
import { lagInWords, storedState, subscriptionDocument } from "../subscriptions/subscription-line";
import { jsonOption, type Runtime } from "./declaration";

/** Declares `domain subscriptions show <name>`. */
export function declareSubscriptionsShow(subscriptions: Command, { io, end }: Runtime): void {
  subscriptions
    .command("show")
    .description("print how far one projection or event handler is")
    .argument("<name>", "the name of the projection or the event handler")
    .addOption(jsonOption())
    .action(async (name: string, _options, command: Command) =>
      end(await subscriptionsShow(io, name, command.optsWithGlobals())),
    );
}

async function subscriptionsShow(io: Io, name: string, options: DomainOptions): Promise<number> {
  return await withDomain(io, options, async (domain, results) => {
    const status = chooseSubscription(domain, await domain.subscriptions(), name);
    if (options.json) await results.document(subscriptionDocument(status));
    else await results.line(fieldLines(fieldsOf(status)).join("\n"));
    return ExitStatus.done;
  });
}

function fieldsOf(status: SubscriptionStatus): [string, string][] {
  const { name, kind, lane, position } = status;
  return [
    ["name", name],
    ["kind", kind],
    ["lane", lane],
    ["state", EXPLAINED[storedState(status)](name)],
    ["position", position === undefined ? "none" : String(position)],
    ["left", lagInWords(status)],
  ];
}

const EXPLAINED: Readonly<Record<ReturnType<typeof storedState>, (name: string) => string>> = {
  paused: (name) => `paused: [subscriptions.${name}] of domain.toml says so`,
  new: () => "new: it has no checkpoint, and does not say where it starts; give it startFrom",
  stopped: () => "stopped",
  behind: () => "behind: domain server runs it",
  "up to date": () => "up to date",
};
