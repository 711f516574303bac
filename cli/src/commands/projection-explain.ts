import type { RowChange } from "@tidemark/core";
import type { Command } from "commander";

import { nearText } from "../domain/near-names";
import { type DomainOptions, withDomain } from "../domain/with-domain";
import { CommandError } from "../io/command-error";
import { ExitStatus } from "../io/exit-status";
import { Interruption } from "../io/interruption";
import type { Io } from "../io/io";
import { printable } from "../printing/printable";
import { grouped } from "../printing/quantities";
import type { Results } from "../printing/results";
import { printTable } from "../printing/table";
import { chooseProjection } from "../projections/choose-projection";
import { cellText, rowJson } from "../projections/row-values";
import { keysOf } from "../projections/show-row";
import { jsonOption, type Runtime } from "./declaration";

/** Declares `domain projection explain <name> <id>`. */
export function declareProjectionExplain(projection: Command, { io, end }: Runtime): void {
  projection
    .command("explain")
    .description("print the events that made a row, with the row after each of them")
    .argument("<name>", "the projection")
    .argument("<id>", "the key of the row")
    .addOption(jsonOption())
    .action(async (name: string, id: string, _options, command: Command) =>
      end(await projectionExplain(io, { name, id }, command.optsWithGlobals())),
    );
}

interface NamedRow {
  readonly name: string;
  readonly id: string;
}

async function projectionExplain(io: Io, { name, id }: NamedRow, options: DomainOptions): Promise<number> {
  return await withDomain(io, options, async (domain, results) => {
    const projection = chooseProjection(domain, name);
    const { fields } = domain.viewOf(projection);
    using interruption = new Interruption(io);
    const { signal } = interruption;
    const steps = until(signal, domain.explainRow(projection, id, { signal }));
    const count = options.json
      ? await printDocument(results, { name, id }, steps)
      : await printText(results, { name, id, fields }, steps);
    const { by } = interruption;
    if (by !== undefined) {
      io.stderr.write(`Stopped by ${by}: later events of the row were not read.\n`);
      return ExitStatus.endedBy(by);
    }
    if (count > 0) return ExitStatus.done;
    const hint = await nearText(keysOf(domain, projection), id);
    throw new CommandError(`No event made a row of ${name} with key ${JSON.stringify(id)}${hint}`, {
      status: ExitStatus.failed,
    });
  });
}

/** Gives the steps until the signal is aborted. */
async function* until(signal: AbortSignal, steps: AsyncIterable<RowChange>): AsyncGenerator<RowChange> {
  try {
    yield* steps;
  } catch (error) {
    if (!signal.aborted || error !== signal.reason) throw error;
  }
}

/** One line for each event, with the row after it. @returns the number of events. */
async function printText(
  results: Results,
  { name, id, fields }: NamedRow & { readonly fields: readonly string[] },
  steps: AsyncIterable<RowChange>,
): Promise<number> {
  const [, ...others] = fields;
  const columns = [{ title: "position", alignRight: true }, { title: "event" }, ...others.map((title) => ({ title }))];
  let isThere = false;
  async function* rows(): AsyncGenerator<readonly string[]> {
    for await (const { globalPosition, type, row } of steps) {
      isThere = row !== undefined;
      const cells = row === undefined ? ["no row"] : others.map((field) => cellText((row as Row)[field]));
      yield [grouped(globalPosition), type, ...cells];
    }
  }
  const count = await printTable(columns, rows(), results);
  if (count === 0) return 0;
  const end = isThere ? "made this row" : "made this row, and it was deleted";
  await results.line(printable(`${name}(${id}): ${grouped(count)} event(s) ${end}.`));
  return count;
}

type Row = Readonly<Record<string, unknown>>;

/** @returns the number of events; nothing is printed without any. */
async function printDocument(
  results: Results,
  { name, id }: NamedRow,
  steps: AsyncIterable<RowChange>,
): Promise<number> {
  let count = 0;
  for await (const { row = null, ...step } of steps) {
    const opening =
      count++ === 0 ? `${JSON.stringify({ projection: name, key: id }).slice(0, -1)},"events":[\n` : ",\n";
    await results.print(opening + rowJson({ ...step, row }));
    if (results.isClosed) return count;
  }
  if (count > 0) await results.line("\n]}");
  return count;
}
