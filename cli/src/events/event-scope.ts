import { type Domain, isSnapshotCategory, parseStream, type RecordedEvent } from "@tidemark/core";

import { chooseAggregate } from "../choose-aggregate";
import { CommandError } from "../command-error";
import { checkSelection, type Selection } from "../selection";

/** Which part of the store a scan reads. At most one of stream, category and aggregate is given. */
export interface EventScope extends Selection {
  readonly stream?: string;
  readonly category?: string;
}

/**
 * The events of a scope, a page at a time in memory: of one stream or of one category where it names one, else of the
 * whole store.
 *
 * @throws CommandError for a class that the domain does not have, and for what holds no events.
 */
export function eventsIn(domain: Domain, scope: EventScope): AsyncIterable<RecordedEvent> {
  checkSelection(scope);
  const { eventStore } = domain;
  const { stream, category } = placeOf(domain, scope);
  const place = category ?? (stream === undefined ? undefined : parseStream(stream).category);
  if (place !== undefined && isSnapshotCategory(place))
    throw new CommandError(
      `${JSON.stringify(stream ?? category)} holds snapshots, no events: see domain snapshot list`,
    );
  if (stream !== undefined) return eventStore.read(stream);
  return category === undefined ? eventStore.readAll() : eventStore.readCategory(category);
}

function placeOf(domain: Domain, scope: EventScope): Pick<EventScope, "stream" | "category"> {
  const { aggregate: name, identifier, stream, category } = scope;
  if (name === undefined)
    return { ...(stream !== undefined && { stream }), ...(category !== undefined && { category }) };
  const aggregate = chooseAggregate(domain, name);
  if (identifier !== undefined) return { stream: domain.streamFor(aggregate, identifier) };
  return { category: parseStream(domain.streamFor(aggregate, "any")).category };
}
