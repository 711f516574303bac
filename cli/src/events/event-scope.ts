import type { Domain, RecordedEvent } from "@tidemark/core";

import { type AggregateSelection, checkSelection, chooseAggregate } from "../domain/aggregate-selection";
import { core } from "../domain/core";
import { CommandError } from "../io/command-error";

/** Which part of the store a command reads. Stream, category and aggregate exclude each other. */
export interface EventScope extends AggregateSelection {
  readonly stream?: string;
  readonly category?: string;
}

/** A part of the store, read from any place in it. One page at a time is in memory. */
export interface EventPlace {
  /** Reads the events whose cursor is above this one, in order; 0 for the first. */
  after(cursor: number, limit?: number): AsyncIterable<RecordedEvent>;
  /** Counts up with the events of the place; reading goes on behind an event from its cursor. */
  cursorOf(event: RecordedEvent): number;
}

/**
 * Returns the place of a scope: one stream or one category where the scope names one, else the whole store.
 * @throws CommandError for a class that the domain does not have, and for a place that holds no events.
 */
export function placeOf(domain: Domain, scope: EventScope): EventPlace {
  checkSelection(scope);
  const { eventStore } = domain;
  const { stream, category } = namesOf(domain, scope);
  refuseSnapshots(stream, category);
  if (stream !== undefined)
    return {
      after: (from, limit) => eventStore.read(stream, { from, ...(limit !== undefined && { limit }) }),
      cursorOf: ({ position }) => position + 1,
    };
  return {
    after: (after, limit) => {
      const options = { after, ...(limit !== undefined && { limit }) };
      return category === undefined ? eventStore.readAll(options) : eventStore.readCategory(category, options);
    },
    cursorOf: ({ globalPosition }) => globalPosition,
  };
}

/** Returns the category of the aggregates of a class. */
export function categoryOf(domain: Domain, aggregate: ReturnType<typeof chooseAggregate>): string {
  return core.streams.parseStream(domain.streamFor(aggregate, "any")).category;
}

function refuseSnapshots(stream: string | undefined, category: string | undefined): void {
  const { isSnapshotCategory, parseStream } = core.streams;
  const place = category ?? (stream === undefined ? undefined : parseStream(stream).category);
  if (place === undefined || !isSnapshotCategory(place)) return;
  const name = JSON.stringify(stream ?? category);
  throw new CommandError(`Cannot search ${name} for events: it holds snapshots; see "domain snapshot list"`);
}

function namesOf(domain: Domain, scope: EventScope): Pick<EventScope, "stream" | "category"> {
  const { aggregate: name, identifier, stream, category } = scope;
  if (name === undefined)
    return { ...(stream !== undefined && { stream }), ...(category !== undefined && { category }) };
  const aggregate = chooseAggregate(domain, name);
  if (identifier !== undefined) return { stream: domain.streamFor(aggregate, identifier) };
  return { category: categoryOf(domain, aggregate) };
}
