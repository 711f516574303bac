import type { Domain } from "@tidemark/core";
import { type Command, Option } from "commander";

import { chooseAggregate } from "../domain/aggregate-selection";
import { idHint, streamHint } from "../domain/near-names";
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

/** Declares `domain events read <stream>` and `domain events read <aggregate> <id>`. */
export function declareEventsRead(events: Command, { io, end }: Runtime): void {
  events
    .command("read")
    .description("print the events of one stream")
    .argument("<stream>", "the stream, such as fidelis::account-123; or the aggregate's class, with its id")
    .argument("[id]", "the aggregate's id")
    .addOption(new Option("--from <position>", "start at this position").argParser(wholeNumber(0)))
    .addOption(new Option("--limit <n>", "print at most this many events").argParser(wholeNumber(1)))
    .addOption(jsonOption())
    .action(async (stream: string, id: string | undefined, _options, command: Command) =>
      end(await eventsRead(io, { stream, id }, command.optsWithGlobals())),
    );
}

/** A stream by its name, or the class and the id of its aggregate. */
interface Named {
  readonly stream: string;
  readonly id: string | undefined;
}

async function eventsRead(io: Io, named: Named, options: EventsReadOptions): Promise<number> {
  const { from = 0, limit, json = false } = options;
  return await withDomain(io, options, async (domain, results) => {
    const { eventStore } = domain;
    const stream = streamOf(domain, named);
    const last = await eventStore.readLast(stream);
    if (last === undefined) throw new CommandError(await absence(domain, named), { status: ExitStatus.failed });
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

/** @throws CommandError for a class that the domain does not have, and for a class without id. */
function streamOf(domain: Domain, { stream, id }: Named): string {
  if (id !== undefined) return domain.streamFor(chooseAggregate(domain, stream), id);
  if (!domain.aggregates.has(stream)) return stream;
  throw new CommandError(`Cannot read the events of ${stream}: give its id too, domain events read ${stream} <id>`);
}

async function absence(domain: Domain, { stream, id }: Named): Promise<string> {
  if (id !== undefined) {
    const hint = await idHint(domain, chooseAggregate(domain, stream), id);
    return `There is no ${stream} with id ${JSON.stringify(id)}${hint}`;
  }
  const [name, hint] = [JSON.stringify(domain.name), await streamHint(domain, stream)];
  return `Domain ${name} has no stream ${JSON.stringify(stream)}${hint}`;
}
