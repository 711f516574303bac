import type { Domain, StorageOfAggregate } from "@tidemark/core";
import type { Command } from "commander";

import { type DomainOptions, withDomain } from "../domain/with-domain";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { duration, grouped } from "../printing/quantities";
import { printTable } from "../printing/table";
import { jsonOption, type Runtime } from "./declaration";

/** Declares `domain aggregate list`. */
export function declareAggregateList(aggregate: Command, { io, end }: Runtime): void {
  aggregate
    .command("list")
    .description("list the classes of aggregates with how they are stored, and how many aggregates there are")
    .addOption(jsonOption())
    .action(async (_options, command: Command) => end(await aggregateList(io, command.optsWithGlobals())));
}

const COLUMNS = [
  { title: "aggregate" },
  { title: "stored" },
  { title: "truth" },
  { title: "count", alignRight: true },
  { title: "events kept" },
  { title: "table" },
  { title: "unique" },
];

interface Listed extends StorageOfAggregate {
  readonly aggregate: string;
  readonly count: number;
}

async function aggregateList(io: Io, options: DomainOptions): Promise<number> {
  return await withDomain(io, options, async (domain, results) => {
    const listed = listedOf(domain);
    if (options.json) {
      await results.array(listed);
      await results.print("\n");
    } else if ((await printTable(COLUMNS, rowsOf(listed), results)) === 0) await results.line("No aggregates.");
    return ExitStatus.done;
  });
}

async function* listedOf(domain: Domain): AsyncGenerator<Listed> {
  for (const [aggregate, type] of domain.aggregates)
    yield { aggregate, count: await domain.repositoryFor(type).count(), ...domain.storageOf(type) };
}

async function* rowsOf(listed: AsyncIterable<Listed>): AsyncGenerator<readonly string[]> {
  for await (const { aggregate, stored, truth, count, keepEventsMs, table = "", unique } of listed)
    yield [
      aggregate,
      stored,
      truth,
      grouped(count),
      keepEventsMs === undefined ? "for ever" : duration(keepEventsMs),
      table,
      unique.map((fields) => fields.join(" + ")).join(", "),
    ];
}
