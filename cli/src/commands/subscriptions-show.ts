import type { SubscriptionStatus } from "@tidemark/core";
import type { Command } from "commander";

import { type DomainOptions, withDomain } from "../domain/with-domain";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { fieldLines } from "../printing/field-lines";
import { printable } from "../printing/printable";
import { grouped } from "../printing/quantities";
import { describeError } from "../printing/report-error";
import { chooseSubscription } from "../subscriptions/choose-subscription";
import { lagInWords, serversInWords, storedState, subscriptionDocument } from "../subscriptions/subscription-line";
import { jsonOption, type Runtime } from "./declaration";

/** Declares `domain subscriptions show <name>`. */
export function declareSubscriptionsShow(subscriptions: Command, { io, end }: Runtime): void {
  subscriptions
    .command("show")
    .description("print how far one projection, event handler or process manager is")
    .argument("<name>", "the name of the projection, the event handler or the process manager")
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
  const { name, kind, lane, position, parked, waiting, error } = status;
  return [
    ["name", name],
    ["kind", kind],
    ["lane", lane],
    ["state", EXPLAINED[storedState(status)](status)],
    ["position", position === undefined ? "none" : String(position)],
    ["left", lagInWords(status)],
    ["parked", `${grouped(parked)} key(s)${waiting === 0 ? "" : `, and ${grouped(waiting)} that are tried again`}`],
    ["servers", serversInWords(status)],
    ...(error === undefined ? [] : [["error", printable(describeError(error))] as [string, string]]),
  ];
}

const EXPLAINED: Readonly<Record<ReturnType<typeof storedState>, (status: SubscriptionStatus) => string>> = {
  paused: ({ name, pause }) =>
    pause === undefined
      ? `paused: [subscriptions.${name}] of domain.toml says so`
      : `paused at ${pause.at}${pause.by === undefined ? "" : ` by ${pause.by}`}${pause.reason === undefined ? "" : `: ${pause.reason}`}`,
  new: () => "new: it has no checkpoint, and does not say where it starts; give it startFrom",
  stopped: () => "stopped: correct the cause, then domain subscriptions resume, or start a server",
  "store unavailable": () => "store unavailable: it is tried again",
  behind: ({ owners }) => (owners.length > 0 ? "behind" : "behind: domain server runs it"),
  "up to date": () => "up to date",
};
