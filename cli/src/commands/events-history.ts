import type { Command } from "commander";

import { chooseAggregate } from "../domain/aggregate-selection";
import { core } from "../domain/core";
import { type DomainOptions, withDomain } from "../domain/with-domain";
import { printEvents } from "../events/events-table";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { jsonOption, type Runtime } from "./declaration";

interface EventsHistoryOptions extends DomainOptions {
  readonly aggregate: string;
  readonly identifier: string;
}

/** Declares `domain events history`. */
export function declareEventsHistory(events: Command, { io, end }: Runtime): void {
  events
    .command("history")
    .description("print the events of one aggregate and the version of its snapshot")
    .requiredOption("--aggregate <name>", "the aggregate's class")
    .requiredOption("--identifier <id>", "the aggregate's id")
    .addOption(jsonOption())
    .action(async (_options, command: Command) => end(await eventsHistory(io, command.optsWithGlobals())));
}

async function eventsHistory(io: Io, options: EventsHistoryOptions): Promise<number> {
  const { aggregate: name, identifier: id, json = false } = options;
  return await withDomain(io, options, async (domain, results) => {
    const aggregate = chooseAggregate(domain, name);
    const stream = domain.streamFor(aggregate, id);
    const last = await domain.eventStore.readLast(stream);
    if (last === undefined) throw new core.errors.ObjectNotFoundError({ aggregate: name, id });
    const snapshot = await domain.snapshotsFor(aggregate).get(id);

    // Events that are appended meanwhile would contradict the version printed below.
    const events = domain.eventStore.read(stream, { limit: last.position + 1 });
    if (json) {
      const head = { aggregate: name, identifier: id, stream, version: last.position };
      const summary = JSON.stringify({ ...head, snapshotVersion: snapshot?.version ?? null });
      await results.print(`${summary.slice(0, -1)},"events":`);
      await results.array(events);
      await results.print("}\n");
      return ExitStatus.done;
    }
    await printEvents(results, events, "version");
    await results.line(snapshot === undefined ? "No snapshot." : `Snapshot exists at version ${snapshot.version}.`);
    await results.line(`Current version: ${last.position}.`);
    return ExitStatus.done;
  });
}
