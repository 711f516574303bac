import type { CaughtUp, Domain, SubscriptionStatus } from "@tidemark/core";

import { ExitStatus } from "../io/exit-status";
import { Interruption } from "../io/interruption";
import type { Io } from "../io/io";
import { printable } from "../printing/printable";
import { grouped } from "../printing/quantities";
import { describeError } from "../printing/report-error";
import type { Results } from "../printing/results";
import { startCatchUpProgress } from "./catch-up-progress";
import { openingLine, type ServerOptions, servedBy } from "./served";
import { storedState, subscriptionDocument } from "./subscription-line";

interface Run {
  readonly io: Io;
  readonly domain: Domain;
  readonly results: Results;
  readonly options: ServerOptions;
}

/** Runs subscriptions until nothing is left. @returns `failed` where one has stopped, or keys or commands were parked. */
export async function catchUpOnce({ io, domain, results, options }: Run): Promise<number> {
  const { lane: lanes, json = false } = options;
  const { stderr } = io;
  const served = await servedBy(domain, lanes);
  const statuses = async () =>
    (await domain.subscriptions()).filter(({ lane }) => lanes === undefined || lanes.includes(lane));
  using interruption = new Interruption(io, () => {
    stderr.write("Ended at once: the next server does again what was in hand.\n");
    io.exit(ExitStatus.failed);
  });
  if (!json) stderr.write(openingLine("Catching up", served));
  const { signal } = interruption;
  const {
    failure,
    parked = [],
    parkedCommands = [],
  } = await withProgress(io, { isWanted: !json, statuses }, () =>
    domain.catchUp({ signal, ...(lanes !== undefined && { lanes }) }),
  );
  const reached = await statuses();
  const stopped = reached.filter(({ state }) => state === "stopped");
  const { by } = interruption;
  if (failure !== undefined && stopped.length === 0 && by === undefined) throw failure.error;

  if (json) {
    const document = {
      done: isDone(reached) && parked.length + parkedCommands.length === 0,
      subscriptions: reached.map(subscriptionDocument),
      ...(parked.length > 0 && { parked: parked.map(({ subscription, key }) => ({ subscription, key })) }),
      ...(parkedCommands.length > 0 && { parkedCommands: parkedCommands.map(({ id, type }) => ({ id, type })) }),
    };
    // A supervisor prints one line for each document of its workers.
    if (io.supervisor === undefined) await results.document(document);
    else await results.line(JSON.stringify(document));
  } else await results.line(summaryOf(reached, parked.length, parkedCommands.length));
  for (const { error } of stopped) stderr.write(`error: ${printable(describeError(error))}\n`);
  if (by !== undefined) {
    stderr.write(`Stopped by ${by}: the next server does what is left.\n`);
    // A handler that has not ended may go on, and closing the domain would wait for it.
    io.exit(ExitStatus.endedBy(by));
    return ExitStatus.endedBy(by);
  }
  return stopped.length + parked.length + parkedCommands.length > 0 ? ExitStatus.failed : ExitStatus.done;
}

/** What came of the work: what it throws, or what was parked. */
interface Outcome extends Partial<CaughtUp> {
  readonly failure?: { readonly error: unknown };
}

async function withProgress(
  { stderr }: Io,
  shown: { readonly isWanted: boolean; readonly statuses: () => Promise<readonly SubscriptionStatus[]> },
  work: () => Promise<CaughtUp>,
): Promise<Outcome> {
  const progress = await startCatchUpProgress(stderr, shown);
  try {
    return await work();
  } catch (error) {
    return { failure: { error } };
  } finally {
    await progress.end();
  }
}

function isDone(statuses: readonly SubscriptionStatus[]): boolean {
  return statuses.every((status) => ["up to date", "paused"].includes(storedState(status)));
}

function summaryOf(statuses: readonly SubscriptionStatus[], parked: number, commands: number): string {
  const active = statuses.filter(({ state }) => state !== "paused");
  const done = active.filter((status) => storedState(status) === "up to date").length;
  const part = done === active.length ? grouped(done) : `${grouped(done)} of ${grouped(active.length)}`;
  const aside = parked === 0 ? "" : `; ${grouped(parked)} key(s) were parked: see domain parked list`;
  const failed =
    commands === 0 ? "" : `; ${grouped(commands)} command(s) were parked: see domain commands list --state=parked`;
  return `${part} subscription(s) are up to date${aside}${failed}.`;
}
