import type { Domain, RecordedEvent } from "@tidemark/core";

import type { chooseAggregate } from "../domain/aggregate-selection";
import { idHint } from "../domain/near-names";
import { CommandError } from "../io/command-error";
import { ExitStatus } from "../io/exit-status";
import { fieldLines } from "../printing/field-lines";
import { printable } from "../printing/printable";
import { duration, grouped } from "../printing/quantities";
import type { Results } from "../printing/results";

interface Shown {
  readonly domain: Domain;
  readonly name: string;
  readonly aggregate: ReturnType<typeof chooseAggregate>;
  readonly id: string;
}

interface ShowStateOptions {
  readonly json?: boolean;
  /** How many of the newest events to print. */
  readonly limit: number;
}

/** Prints an aggregate whose truth is its state: the state, and the newest events that say how it came about. */
export async function showStoredState(
  results: Results,
  { domain, name, aggregate, id }: Shown,
  { json, limit }: ShowStateOptions,
): Promise<void> {
  const found = await domain.repositoryFor(aggregate).find(id);
  if (found === undefined) {
    const message = `There is no ${name} with id ${JSON.stringify(id)}${await idHint(domain, aggregate, id)}`;
    throw new CommandError(message, { status: ExitStatus.failed });
  }
  const stream = domain.streamFor(aggregate, id);
  const { id: _, ...state } = found.toJSON() as Readonly<Record<string, unknown>>;
  const events = await newestEvents(domain, stream, limit);
  const { version } = found;
  const { table } = domain.storageOf(aggregate);
  if (json) {
    const told = events.map(({ position, time, type, id: eventId, data }) => ({
      position,
      time,
      type,
      id: eventId,
      data,
    }));
    await results.document({ aggregate: name, identifier: id, stream, table, version, events: told, state });
  } else await results.line(linesOf({ stream, table, version, events, state }).join("\n"));
}

interface Found {
  readonly table: string | undefined;
  readonly stream: string;
  readonly version: number;
  readonly events: readonly RecordedEvent[];
  readonly state: Readonly<Record<string, unknown>>;
}

function linesOf({ stream, table = "", version, events, state }: Found): string[] {
  const last = events.at(-1);
  const age = last && duration(Date.now() - last.time.getTime());
  const fields = fieldLines([
    ["stream", stream],
    ["table", table],
    ["version", `${version}, by its saves`],
    ["last event", last === undefined ? "none" : `${last.type}, ${last.time.toISOString()}, ${age} ago`],
  ]);
  const earlier =
    events[0] === undefined || events[0].position === 0 ? [] : [`  ${grouped(events[0].position)} earlier`];
  const told = events.map(({ position, time, type }) => printable(`  ${position}  ${time.toISOString()}  ${type}`));
  const story = events.length === 0 ? [] : ["events", ...earlier, ...told];
  return [...fields, ...story, "state", ...JSON.stringify(state, null, 2).split("\n").map(printable)];
}

/** @returns those that are stored, the oldest first: the first ones of a stream may have been forgotten. */
async function newestEvents(domain: Domain, stream: string, limit: number): Promise<readonly RecordedEvent[]> {
  const last = await domain.eventStore.readLast(stream);
  if (last === undefined) return [];
  const found: RecordedEvent[] = [];
  for await (const event of domain.eventStore.read(stream, { from: Math.max(0, last.position - limit + 1) }))
    found.push(event);
  return found;
}
