import type { ProjectionStatus } from "@tidemark/core";
import type { Command } from "commander";

import { type DomainOptions, withDomain } from "../domain/with-domain";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { grouped } from "../printing/quantities";
import { printTable } from "../printing/table";
import { jsonOption, type Runtime } from "./declaration";

/** Declares `domain projection list`. */
export function declareProjectionList(projection: Command, { io, end }: Runtime): void {
  projection
    .command("list")
    .description("list the projections with their versions, their tables, and how far their rows are")
    .addOption(jsonOption())
    .action(async (_options, command: Command) => end(await projectionList(io, command.optsWithGlobals())));
}

const COLUMNS = [
  { title: "name" },
  { title: "version", alignRight: true },
  { title: "mode" },
  { title: "state" },
  { title: "rows", alignRight: true },
  { title: "position", alignRight: true },
  { title: "lag", alignRight: true },
  { title: "table" },
];

async function projectionList(io: Io, options: DomainOptions): Promise<number> {
  return await withDomain(io, options, async (domain, results) => {
    const statuses = await domain.projections();
    if (options.json) await results.document(statuses);
    else if ((await printTable(COLUMNS, rowsOf(statuses), results)) === 0) await results.line("No projections.");
    return ExitStatus.done;
  });
}

async function* rowsOf(statuses: readonly ProjectionStatus[]): AsyncGenerator<readonly string[]> {
  for (const { name, version, mode, state, rows, position, lag, table, keptTable } of statuses)
    yield [
      name,
      String(version),
      mode,
      state,
      numberText(rows),
      numberText(position),
      numberText(lag),
      keptTable === undefined ? table : `${table}, before the rebuild ${keptTable}`,
    ];
}

function numberText(count: number | undefined): string {
  return count === undefined ? "" : grouped(count);
}
