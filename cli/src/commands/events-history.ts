import { ObjectNotFoundError } from "@tidemark/core";

import { chooseAggregate } from "../choose-aggregate";
import { ExitStatus } from "../exit-status";
import { printArray } from "../json-array";
import { printEvents } from "../print-events";
import { type DomainOptions, withDomain } from "../with-domain";

export interface EventsHistoryOptions extends DomainOptions {
  readonly aggregate: string;
  readonly identifier: string;
  readonly json?: boolean;
}

/** `domain events history` */
export async function eventsHistory(options: EventsHistoryOptions): Promise<number> {
  const { aggregate: name, identifier: id, json = false } = options;
  return await withDomain(options, async (domain, results) => {
    const aggregate = chooseAggregate(domain, name);
    const stream = domain.streamFor(aggregate, id);
    const last = await domain.eventStore.readLast(stream);
    if (last === undefined) throw new ObjectNotFoundError({ aggregate: name, id });
    const snapshot = await domain.snapshotsFor(aggregate).get(id);

    // What is appended meanwhile would belie the version below.
    const events = domain.eventStore.read(stream, { limit: last.position + 1 });
    if (json) {
      const head = { aggregate: name, identifier: id, stream, version: last.position };
      const summary = JSON.stringify({ ...head, snapshotVersion: snapshot?.version ?? null });
      await results.print(`${summary.slice(0, -1)},"events":`);
      await printArray(results, events);
      await results.print("}\n");
      return ExitStatus.done;
    }
    await printEvents(results, events, "version");
    await results.line(snapshot === undefined ? "No snapshot." : `Snapshot exists at version ${snapshot.version}.`);
    await results.line(`Current version: ${last.position}.`);
    return ExitStatus.done;
  });
}
