import type { ParkedKeyStatus, SkippedEventStatus } from "@tidemark/core";
import { type Command, Option } from "commander";

import { type DomainOptions, withDomain } from "../domain/with-domain";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { parkedDocument } from "../parked/parked-document";
import { duration, grouped } from "../printing/quantities";
import type { Results } from "../printing/results";
import { type Column, printTable } from "../printing/table";
import { chooseSubscription } from "../subscriptions/choose-subscription";
import { jsonOption, type Runtime } from "./declaration";

interface ParkedListOptions extends DomainOptions {
  readonly subscription?: string;
  readonly skipped?: boolean;
}

/** Declares `domain parked list`. */
export function declareParkedList(parked: Command, { io, end }: Runtime): void {
  parked
    .command("list")
    .description("list the keys that are set aside because one of their events failed")
    .addOption(new Option("--subscription <name>", "only those of this projection, event handler or process manager"))
    .option("--skipped", "list the events that were passed over instead, and who decided it")
    .addOption(jsonOption())
    .action(async (_options, command: Command) => end(await parkedList(io, command.optsWithGlobals())));
}

async function parkedList(io: Io, options: ParkedListOptions): Promise<number> {
  const { subscription: name, skipped = false } = options;
  return await withDomain(io, options, async (domain, results) => {
    if (name !== undefined) chooseSubscription(domain, await domain.subscriptions(), name);
    const filter = name === undefined ? {} : { subscription: name };
    if (skipped) await printSkipped(results, await domain.skipped(filter), options);
    else await printParked(results, await domain.parked(filter), options);
    return ExitStatus.done;
  });
}

const COLUMNS: readonly Column[] = [
  { title: "subscription" },
  { title: "key", shrinks: true },
  { title: "state" },
  { title: "class" },
  { title: "position", alignRight: true },
  { title: "attempts", alignRight: true },
  { title: "age", alignRight: true },
  { title: "error" },
];

async function printParked(
  results: Results,
  keys: readonly ParkedKeyStatus[],
  { json = false }: ParkedListOptions,
): Promise<void> {
  if (json) return await results.document(keys.map(parkedDocument));
  await printTable(COLUMNS, rowsOf(keys, Date.now()), results);
  await results.line(summaryOf(keys));
}

async function* rowsOf(keys: readonly ParkedKeyStatus[], now: number): AsyncGenerator<readonly string[]> {
  for (const { subscription, key, state, position, attempts, parkedAt, error, ...rest } of keys)
    yield [
      subscription,
      key,
      state,
      rest.class,
      grouped(position),
      grouped(attempts),
      duration(now - parkedAt.getTime()),
      error.message,
    ];
}

/** `3 key(s) are set aside: 2 parked, 1 waiting.` */
function summaryOf(keys: readonly ParkedKeyStatus[]): string {
  if (keys.length === 0) return "No keys are set aside.";
  const counts = new Map<string, number>();
  for (const { state } of keys) counts.set(state, (counts.get(state) ?? 0) + 1);
  const parts = [...counts].map(([state, count]) => `${grouped(count)} ${state}`);
  return `${grouped(keys.length)} key(s) are set aside: ${parts.join(", ")}.`;
}

const SKIPPED_COLUMNS: readonly Column[] = [
  { title: "subscription" },
  { title: "key", shrinks: true },
  { title: "position", alignRight: true },
  { title: "event" },
  { title: "by" },
  { title: "age", alignRight: true },
  { title: "reason" },
];

async function printSkipped(
  results: Results,
  events: readonly SkippedEventStatus[],
  { json = false }: ParkedListOptions,
): Promise<void> {
  if (json) return await results.document(events.map(parkedDocument));
  const now = Date.now();
  async function* rows(): AsyncGenerator<readonly string[]> {
    for (const { subscription, key, position, type, by = "", skippedAt, reason = "" } of events)
      yield [subscription, key, grouped(position), type, by, duration(now - skippedAt.getTime()), reason];
  }
  const count = await printTable(SKIPPED_COLUMNS, rows(), results);
  await results.line(count === 0 ? "No events were skipped." : `${grouped(count)} event(s) were skipped.`);
}
