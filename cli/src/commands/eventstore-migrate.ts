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
  const eventStore = await domain.migrateEventStore();
  if (options.json) await results.document({ eventStore });
  else await results.line(`The schema is up to date: ${eventStore}.`);
  return ExitStatus.done;
}
