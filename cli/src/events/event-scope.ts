import type { Domain, RecordedEvent } from "@tidemark/core";

import { type AggregateSelection, checkSelection, chooseAggregate } from "../domain/aggregate-selection";
import { core } from "../domain/core";
import { CommandError } from "../io/command-error";

/** Which part of the store a command reads. Stream, category and aggregate exclude each other. */
export interface EventScope extends AggregateSelection {
  readonly stream?: string;
  readonly category?: string;
}

/**
 * Reads the events of a scope: of one stream or one category where the scope names one, else of the whole store. One page at a
 * time is in memory.
 *
 * @throws CommandError for a class that the domain does not have, and for a place that holds no events.
 */
export function eventsIn(domain: Domain, scope: EventScope): AsyncIterable<RecordedEvent> {
  checkSelection(scope);
  const { eventStore } = domain;
  const { stream, category } = placeOf(domain, scope);
  const { isSnapshotCategory, parseStream } = core.streams;
  const place = category ?? (stream === undefined ? undefined : parseStream(stream).category);
  if (place !== undefined && isSnapshotCategory(place)) {
    const name = JSON.stringify(stream ?? category);
    throw new CommandError(`Cannot search ${name} for events: it holds snapshots; see "domain snapshot list"`);
  }
  if (stream !== undefined) return eventStore.read(stream);
  return category === undefined ? eventStore.readAll() : eventStore.readCategory(category);
}

/** Returns the category of the aggregates of a class. */
export function categoryOf(domain: Domain, aggregate: ReturnType<typeof chooseAggregate>): string {
  return core.streams.parseStream(domain.streamFor(aggregate, "any")).category;
}

function placeOf(domain: Domain, scope: EventScope): Pick<EventScope, "stream" | "category"> {
  const { aggregate: name, identifier, stream, category } = scope;
  if (name === undefined)
    return { ...(stream !== undefined && { stream }), ...(category !== undefined && { category }) };
  const aggregate = chooseAggregate(domain, name);
  if (identifier !== undefined) return { stream: domain.streamFor(aggregate, identifier) };
  return { category: categoryOf(domain, aggregate) };
}
