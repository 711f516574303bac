import { type Command, Option } from "commander";

import { type DomainOptions, withDomain } from "../domain/with-domain";
import { printEvents } from "../events/events-table";
import { CommandError } from "../io/command-error";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { jsonOption, type Runtime, wholeNumber } from "./declaration";

interface EventsReadOptions extends DomainOptions {
  readonly from?: number;
  readonly limit?: number;
}

/** Declares `domain events read <stream>`. */
export function declareEventsRead(events: Command, { io, end }: Runtime): void {
  events
    .command("read")
    .description("print the events of one stream")
    .argument("<stream>", "the name of the stream, such as fidelis::account-123")
    .addOption(new Option("--from <position>", "start at this position").argParser(wholeNumber(0)))
    .addOption(new Option("--limit <n>", "print at most this many events").argParser(wholeNumber(1)))
    .addOption(jsonOption())
    .action(async (stream: string, _options, command: Command) =>
      end(await eventsRead(io, stream, command.optsWithGlobals())),
    );
}

async function eventsRead(io: Io, stream: string, options: EventsReadOptions): Promise<number> {
  const { from = 0, limit, json = false } = options;
  return await withDomain(io, options, async ({ eventStore, name }, results) => {
    const last = await eventStore.readLast(stream);
    if (last === undefined) {
      const message = `Domain ${JSON.stringify(name)} has no stream ${JSON.stringify(stream)}`;
      throw new CommandError(message, { status: ExitStatus.failed });
    }
    const events = eventStore.read(stream, { from, ...(limit !== undefined && { limit }) });
    if (json) {
      await results.array(events);
      await results.print("\n");
    } else if ((await printEvents(results, events, "position")) === 0) {
      io.stderr.write(`The last event of ${JSON.stringify(stream)} is at position ${last.position}.\n`);
    }
    return ExitStatus.done;
  });
}
