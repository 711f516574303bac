import type { OverdueEntries, QueueCount } from "../ports/command-queue";
import type { OperationStores } from "../ports/operation-stores";
import type { OverdueTimers } from "../ports/timer-store";
import { family, type MetricFamily } from "./prometheus-text";

/** What lies in a store beside events, and how much of it is due. */
export interface Backlog {
  readonly commands: readonly QueueCount[];
  readonly dueCommands: readonly OverdueEntries[];
  readonly dueTimers: OverdueTimers;
  /** When it was looked at: milliseconds since 1970. */
  readonly at: number;
}

/**
 * Looks at the queue of commands and at the timers of a store.
 * @param ownClock that of the domain where it has one of its own; what is due is judged by the clock of the store where absent.
 */
export async function backlogOf(
  { commandQueue, timers }: Pick<OperationStores, "commandQueue" | "timers">,
  clock: () => number,
  ownClock: (() => number) | undefined,
): Promise<Backlog> {
  const [commands, dueCommands, dueTimers] = await Promise.all([
    commandQueue.counts(),
    commandQueue.overdue(ownClock?.()),
    timers.overdue(ownClock?.()),
  ]);
  return { commands, dueCommands, dueTimers, at: clock() };
}

/** What the store says of commands and timers: the same in every process. Nothing where it was not looked at. */
export function backlogMetrics(backlog: Backlog | undefined): readonly MetricFamily[] {
  if (backlog === undefined) return [];
  const { commands, dueCommands, dueTimers, at } = backlog;
  const seconds = (since = at) => Math.max(0, at - since) / 1_000;
  const lanes = [...new Set([...commands, ...dueCommands].map(({ lane }) => lane))];
  const due = new Map(dueCommands.map((each) => [each.lane, each]));
  const ofLanes = (valueIn: (due: OverdueEntries | undefined) => number) =>
    lanes.map((lane) => ({ labels: { lane }, value: valueIn(due.get(lane)) }));
  return [
    family(
      "tidemark_command_queue_entries",
      "gauge",
      "Commands that lie in the queue, finished ones that are kept included",
      commands.map(({ lane, state, entries }) => ({ labels: { lane, state }, value: entries })),
    ),
    family(
      "tidemark_command_queue_due_entries",
      "gauge",
      "Commands that are due, and that no worker has",
      ofLanes((found) => found?.entries ?? 0),
    ),
    family(
      "tidemark_command_queue_due_seconds",
      "gauge",
      "For how long the first of these commands has been due; 0 without any",
      ofLanes((found) => seconds(found?.since)),
    ),
    family("tidemark_timers_due", "gauge", "Timers that are due and have not fired", [{ value: dueTimers.timers }]),
    family(
      "tidemark_timers_due_seconds",
      "gauge",
      "For how long the first of these timers has been due; 0 without any",
      [{ value: seconds(dueTimers.since) }],
    ),
  ];
}
