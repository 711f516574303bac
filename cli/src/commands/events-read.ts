import { CommandError } from "../command-error";
import { ExitStatus } from "../exit-status";
import { printArray } from "../json-array";
import { printEvents } from "../print-events";
import { type DomainOptions, withDomain } from "../with-domain";

export interface EventsReadOptions extends DomainOptions {
  readonly from?: number;
  readonly limit?: number;
  readonly json?: boolean;
}

/** `domain events read <stream>` */
export async function eventsRead(stream: string, options: EventsReadOptions): Promise<number> {
  const { from = 0, limit, json = false } = options;
  return await withDomain(options, async ({ eventStore, name }, results) => {
    const last = await eventStore.readLast(stream);
    if (last === undefined) {
      const message = `Domain ${JSON.stringify(name)} has no stream ${JSON.stringify(stream)}`;
      throw new CommandError(message, { status: ExitStatus.failed });
    }
    const events = eventStore.read(stream, { from, ...(limit !== undefined && { limit }) });
    if (json) {
      await printArray(results, events);
      await results.print("\n");
    } else if ((await printEvents(results, events, "position")) === 0) {
      process.stderr.write(`The last event of ${JSON.stringify(stream)} is at position ${last.position}.\n`);
    }
    return ExitStatus.done;
  });
}
