import type { RecordedEvent } from "@tidemark/core";
import type { Command } from "commander";

import { type DomainOptions, withDomain } from "../domain/with-domain";
import { eventLine } from "../events/event-line";
import { placeOf } from "../events/event-scope";
import { followedEvents } from "../events/followed-events";
import { namedScope } from "../events/named-place";
import { endOf, newestEvents } from "../events/newest-events";
import { Scan } from "../events/scan";
import { ExitStatus } from "../io/exit-status";
import { Interruption } from "../io/interruption";
import type { Io } from "../io/io";
import { cutEnd, displayWidth } from "../printing/display-width";
import type { Results } from "../printing/results";
import { limitOption, type Runtime } from "./declaration";

interface EventsTailOptions extends DomainOptions {
  readonly follow?: boolean;
  /** The most events to begin with. */
  readonly limit: number;
}

const USUAL_LIMIT = 10;

/** Declares `domain events tail [name] [id]`. */
export function declareEventsTail(events: Command, { io, end }: Runtime): void {
  events
    .command("tail")
    .description("print the newest events, and with --follow those that are stored from then on")
    .argument("[name]", "an aggregate's class, a category or a stream (default: everything)")
    .argument("[id]", "the id of one aggregate of that class")
    .option("-f, --follow", "go on with new events until Ctrl-C")
    .addOption(limitOption("begin with the newest n events", USUAL_LIMIT))
    .option("--json", "print one JSON document for each event")
    .action(async (name: string | undefined, id: string | undefined, _options, command: Command) =>
      end(await eventsTail(io, { name, id }, command.optsWithGlobals())),
    );
}

async function eventsTail(
  io: Io,
  { name, id }: { readonly name: string | undefined; readonly id: string | undefined },
  options: EventsTailOptions,
): Promise<number> {
  return await withDomain(io, options, async (domain, results) => {
    const place = placeOf(domain, namedScope(domain, name, id));
    // Before anything is printed: whoever has read a line may end the command.
    using interruption = new Interruption(io);
    const print = await printer(results, options.json ?? false);
    const start = await endOf(place);
    const newest = await newestBefore(io, place, options.limit);
    for (const event of newest) await print(event);
    if (!options.follow) {
      if (newest.length === 0 && !options.json && interruption.by === undefined) await results.line("No events.");
      return statusAfter(interruption);
    }
    const last = newest.at(-1);
    const events = followedEvents(place, last === undefined ? start : place.cursorOf(last), interruption.signal);
    for await (const event of events) {
      await print(event);
      if (results.isClosed) return ExitStatus.done;
    }
    return statusAfter(interruption);
  });
}

function statusAfter({ by }: Interruption): number {
  return by === undefined ? ExitStatus.done : ExitStatus.endedBy(by);
}

async function newestBefore(
  io: Io,
  place: ReturnType<typeof placeOf>,
  limit: number,
): Promise<readonly RecordedEvent[]> {
  using scan = new Scan(io);
  return await newestEvents(place, { limit, isWanted: () => true, scan });
}

async function printer(results: Results, isJson: boolean): Promise<(event: RecordedEvent) => Promise<void>> {
  if (isJson) return (event) => results.line(JSON.stringify(event));
  const [widthOf, { width }] = [await displayWidth(), results];
  return (event) => {
    const line = eventLine(event);
    return results.line(width === undefined ? line : cutEnd(line, width, widthOf));
  };
}
