import type { EventStoreMigration } from "@tidemark/core";
import type { Command } from "commander";

import { type DomainOptions, loadedDomain } from "../domain/with-domain";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { Results } from "../printing/results";
import { jsonOption, type Runtime } from "./declaration";

/** Declares `domain eventstore migrate`. */
export function declareEventstoreMigrate(eventstore: Command, { io, end }: Runtime): void {
  eventstore
    .command("migrate")
    .description("create or upgrade the event store's schema, whatever auto_migrate says")
    .addOption(jsonOption())
    .action(async (_options, command: Command) => end(await eventstoreMigrate(io, command.optsWithGlobals())));
}

async function eventstoreMigrate(io: Io, options: DomainOptions): Promise<number> {
  const results = new Results(io.stdout);
  const domain = await loadedDomain(io, options);
  const migration = await domain.migrateEventStore();
  if (options.json) await results.document(migration);
  else await results.line(inWords(migration));
  return ExitStatus.done;
}

function inWords({ eventStore, schema }: EventStoreMigration): string {
  if (schema === undefined || schema.from === schema.to) return `The schema is up to date: ${eventStore}.`;
  const { from, to, tables } = schema;
  const done = from === 0 ? `Created the schema, version ${to}` : `Upgraded the schema from version ${from} to ${to}`;
  return [`${done}: ${eventStore}.`, ...(tables.length === 0 ? [] : [`New tables: ${tables.join(", ")}.`])].join("\n");
}
