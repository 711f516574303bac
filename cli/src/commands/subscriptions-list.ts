import type { SubscriptionStatus } from "@tidemark/core";
import type { Command } from "commander";

import { type DomainOptions, withDomain } from "../domain/with-domain";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { duration, grouped } from "../printing/quantities";
import { printTable } from "../printing/table";
import { storedState, subscriptionDocument } from "../subscriptions/subscription-line";
import { jsonOption, type Runtime } from "./declaration";

/** Declares `domain subscriptions list`. */
export function declareSubscriptionsList(subscriptions: Command, { io, end }: Runtime): void {
  subscriptions
    .command("list")
    .description("list the projections, event handlers and process managers with how far they are")
    .addOption(jsonOption())
    .action(async (_options, command: Command) => end(await subscriptionsList(io, command.optsWithGlobals())));
}

const COLUMNS = [
  { title: "name", shrinks: true },
  { title: "kind" },
  { title: "lane" },
  { title: "state" },
  { title: "position", alignRight: true },
  { title: "lag", alignRight: true },
  { title: "age", alignRight: true },
  { title: "parked", alignRight: true },
  { title: "servers", alignRight: true },
];

async function subscriptionsList(io: Io, options: DomainOptions): Promise<number> {
  return await withDomain(io, options, async (domain, results) => {
    const subscriptions = await domain.subscriptions();
    if (options.json) await results.document(subscriptions.map(subscriptionDocument));
    else if ((await printTable(COLUMNS, rowsOf(subscriptions), results)) === 0) await results.line("No subscriptions.");
    return ExitStatus.done;
  });
}

async function* rowsOf(subscriptions: readonly SubscriptionStatus[]): AsyncGenerator<readonly string[]> {
  for (const status of subscriptions) {
    const { name, kind, lane, position, lag, lagSeconds, parked, waiting, owners } = status;
    const at = position === undefined ? "" : grouped(position);
    const age = lagSeconds === undefined ? "" : duration(lagSeconds * 1_000);
    const aside = grouped(parked + waiting);
    yield [name, kind, lane, storedState(status), at, grouped(lag), age, aside, grouped(owners.length)];
  }
}
