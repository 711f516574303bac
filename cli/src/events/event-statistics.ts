import type { RecordedEvent } from "@tidemark/core";

import { core } from "../domain/core";
import { LongestStreams } from "./longest-streams";

/** Sums over the events of one kind. */
export interface EventTally {
  events: number;
  /** The size of data and metadata as JSON. */
  bytes: number;
  first: Date;
  last: Date;
}

const LISTED_STREAMS = 10;

/** Adds up events one by one. Memory grows with the number of types, categories and days, not with the number of streams. */
export class EventStatistics {
  private readonly parseStream = core.streams.parseStream;
  private all: EventTally | undefined;
  private readonly byType = new Map<string, EventTally>();
  private readonly byCategory = new Map<string, EventTally & { streams: number }>();
  private readonly byDay = new Map<string, number>();
  private readonly longest = new LongestStreams(LISTED_STREAMS);

  add(event: RecordedEvent): void {
    const { type, stream, position, time } = event;
    const { category } = this.parseStream(stream);
    const own = tallyOf(event);
    this.all = sum(this.all, own);
    this.byType.set(type, sum(this.byType.get(type), own));
    const before = this.byCategory.get(category);
    // Every stream has exactly one first event.
    const streams = (before?.streams ?? 0) + (position === 0 ? 1 : 0);
    this.byCategory.set(category, Object.assign(sum(before, own), { streams }));
    const day = time.toISOString().slice(0, -"T00:00:00.000Z".length);
    this.byDay.set(day, (this.byDay.get(day) ?? 0) + 1);
    this.longest.add(stream, position);
  }

  /** Undefined without events. */
  get total(): EventTally | undefined {
    return this.all;
  }

  get streams(): number {
    return this.categories.reduce((total, [, { streams }]) => total + streams, 0);
  }

  /** Starts with the most frequent type. */
  get types(): readonly (readonly [type: string, tally: EventTally])[] {
    return [...this.byType].sort(mostEvents);
  }

  get categories(): readonly (readonly [category: string, tally: EventTally & { readonly streams: number }])[] {
    return [...this.byCategory].sort(mostEvents);
  }

  /** The days in UTC on which events happened, in order. */
  get days(): readonly (readonly [day: string, events: number])[] {
    return [...this.byDay].sort(([one], [other]) => (one < other ? -1 : 1));
  }

  get longestStreams(): readonly { readonly stream: string; readonly events: number }[] {
    return this.longest.list();
  }
}

function tallyOf({ data, metadata, time }: RecordedEvent): EventTally {
  const bytes = Buffer.byteLength(JSON.stringify(data)) + Buffer.byteLength(JSON.stringify(metadata));
  return { events: 1, bytes, first: time, last: time };
}

function sum<T extends EventTally>(before: T | undefined, one: EventTally): T | EventTally {
  if (before === undefined) return { ...one };
  before.events += one.events;
  before.bytes += one.bytes;
  if (one.first < before.first) before.first = one.first;
  if (one.last > before.last) before.last = one.last;
  return before;
}

function mostEvents(
  [one, { events: ofOne }]: readonly [string, EventTally],
  [other, { events: ofOther }]: readonly [string, EventTally],
): number {
  return ofOther - ofOne || (one < other ? -1 : 1);
}
