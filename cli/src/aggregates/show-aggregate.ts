import { setImmediate as nextTurn } from "node:timers/promises";

import type { Domain, HistoryStep, RecordedEvent } from "@tidemark/core";

import { chooseClass } from "../domain/chosen-class";
import { idHint } from "../domain/near-names";
import { type DomainOptions, withDomain } from "../domain/with-domain";
import { CommandError } from "../io/command-error";
import { ExitStatus } from "../io/exit-status";
import { Interruption } from "../io/interruption";
import type { Io } from "../io/io";
import { fieldLines } from "../printing/field-lines";
import { printable } from "../printing/printable";
import { duration, grouped } from "../printing/quantities";
import type { Results } from "../printing/results";
import { valueInWords } from "../printing/value-in-words";
import { showRow } from "../projections/show-row";
import { showStoredState } from "./show-stored-state";

interface ShowOptions extends DomainOptions {
  readonly atVersion?: number;
  /** How many of the newest events to explain. */
  readonly limit: number;
}

/** Prints the state of an aggregate, and what each of its newest events changed; or a row of a projection. */
export async function showAggregate(
  io: Io,
  { aggregate: name, id }: { readonly aggregate: string; readonly id: string },
  options: ShowOptions,
): Promise<number> {
  return await withDomain(io, options, async (domain, results) => {
    const { kind, type: aggregate } = chooseClass(domain, name);
    if (kind === "projection") {
      if (options.atVersion !== undefined)
        throw new CommandError(
          `--at-version needs an aggregate: ${name} is a projection, which has its present rows only`,
        );
      await showRow(results, { domain, name, projection: aggregate, key: id }, options);
      return ExitStatus.done;
    }
    if (domain.storageOf(aggregate).truth === "state") {
      if (options.atVersion !== undefined)
        throw new CommandError(
          `--at-version needs an aggregate whose events are the truth: the truth of ${name} is its present state`,
        );
      await showStoredState(results, { domain, name, aggregate, id }, options);
      return ExitStatus.done;
    }
    const stream = domain.streamFor(aggregate, id);
    const latest = await domain.eventStore.readLast(stream);
    if (latest === undefined) throw notFound(name, id, await idHint(domain, aggregate, id));
    const { atVersion: version = latest.position, limit, json } = options;
    if (version > latest.position) {
      throw notFound(name, id, `: its latest version is ${latest.position}`, ` at version ${version}`);
    }
    const from = Math.max(0, version - limit + 1);
    using interruption = new Interruption(io);
    const { signal } = interruption;
    const steps = until(signal, domain.repositoryFor(aggregate).history(id, { from, to: version }));
    const shown = { name, id, stream, version, latestVersion: latest.position, from };
    if (json) await printDocument(results, shown, steps, signal);
    else {
      const [last] = await eventsAt(domain, stream, version);
      await printText(results, shown, steps, last ?? latest);
    }
    return interruption.by === undefined ? ExitStatus.done : ExitStatus.endedBy(interruption.by);
  });
}

function notFound(name: string, id: string, end: string, asked = ""): CommandError {
  const message = `There is no ${name} with id ${JSON.stringify(id)}${asked}${end}`;
  return new CommandError(message, { status: ExitStatus.failed });
}

async function eventsAt(domain: Domain, stream: string, position: number): Promise<readonly RecordedEvent[]> {
  const found: RecordedEvent[] = [];
  for await (const event of domain.eventStore.read(stream, { from: position, limit: 1 })) found.push(event);
  return found;
}

/** Folding takes no pause of its own with an embedded store, and signals arrive only between two turns of the event loop. */
const STEPS_PER_TURN = 100;

async function* until(signal: AbortSignal, steps: AsyncIterable<HistoryStep>): AsyncGenerator<HistoryStep> {
  let count = 0;
  for await (const step of steps) {
    if (++count % STEPS_PER_TURN === 0) await nextTurn();
    if (signal.aborted) return;
    yield step;
  }
}

interface Shown {
  readonly name: string;
  readonly id: string;
  readonly stream: string;
  /** The version whose state is shown. */
  readonly version: number;
  readonly latestVersion: number;
  /** The first version whose event is explained. */
  readonly from: number;
}

/** The state stands last: it is what most readers want, and the end of the output is what a terminal shows. */
async function printText(
  results: Results,
  shown: Shown,
  steps: AsyncIterable<HistoryStep>,
  last: RecordedEvent,
): Promise<void> {
  const { from, version } = shown;
  const earlier =
    from === 0 ? [] : [`  ${grouped(from)} earlier event(s): --limit=all prints what each of them changed`];
  await results.line([...fieldLines(fieldsOf(shown, last)), "changes", ...earlier].join("\n"));
  for await (const { event, changes, state } of steps) {
    await results.line([`  ${headOf(event)}`, ...linesOf(changes)].join("\n"));
    if (results.isClosed) return;
    if (event.position < version) continue;
    await results.line(["state", ...JSON.stringify(state, null, 2).split("\n").map(printable)].join("\n"));
  }
}

function fieldsOf({ stream, version, latestVersion }: Shown, { time, type }: RecordedEvent): [string, string][] {
  return [
    ["stream", stream],
    ["version", version === latestVersion ? String(version) : `${version} of ${latestVersion}`],
    ["last event", `${type}, ${time.toISOString()}, ${duration(Date.now() - time.getTime())} ago`],
  ];
}

function headOf({ position, time, type }: RecordedEvent): string {
  return printable(`${position}  ${time.toISOString()}  ${type}`);
}

function linesOf(changes: HistoryStep["changes"]): string[] {
  if (changes.length === 0) return ["    nothing"];
  return changes.map(({ path, before, after }) =>
    printable(`    ${path}: ${valueInWords(before)} → ${valueInWords(after)}`),
  );
}

async function printDocument(
  results: Results,
  { name, id, from, ...shown }: Shown,
  steps: AsyncIterable<HistoryStep>,
  signal: AbortSignal,
): Promise<void> {
  let state: HistoryStep["state"] | null = null;
  let opening = `${JSON.stringify({ aggregate: name, identifier: id, ...shown }).slice(0, -1)},"changes":[\n`;
  for await (const { event, changes, state: after } of steps) {
    const { id, type, position, time, data } = event;
    await results.print(opening + JSON.stringify({ position, time, type, id, data, changes }));
    opening = ",\n";
    if (position === shown.version) state = after;
    if (results.isClosed) return;
  }
  await results.line(`\n],"state":${JSON.stringify(state)},"stopped":${signal.aborted}}`);
}
