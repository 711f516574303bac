import { ExitStatus } from "../exit-status";
import { claimStandardOutput } from "../results";
import { type DomainOptions, loadedDomain } from "../with-domain";

export interface EventstoreMigrateOptions extends DomainOptions {
  readonly json?: boolean;
}

/** `domain eventstore migrate` */
export async function eventstoreMigrate(options: EventstoreMigrateOptions): Promise<number> {
  const results = claimStandardOutput();
  const domain = await loadedDomain(options);
  const eventStore = await domain.migrateEventStore();
  if (options.json) await results.document({ eventStore });
  else await results.line(`The schema is up to date: ${eventStore}.`);
  return ExitStatus.done;
}
