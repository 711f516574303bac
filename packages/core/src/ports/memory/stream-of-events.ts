import { forgottenEvent } from "../forgotten-event";
import type { FoldPage, LoadPageRequest } from "../loaded-stream";
import type { RecordedMessage } from "../stored-message";
import { firstIndexWhere } from "./binary-search";
import { parsedEvents } from "./parsed-events";

/** The events of one stream, without the first ones where those were forgotten. */
export class StreamOfEvents {
  private messages: RecordedMessage[] = [];
  /** For each event the latest time up to it: times may run backwards, this never does. */
  private latestTimes: number[] = [];
  /** The position of the first event that is kept. */
  private first = 0;

  get version(): number {
    return this.first + this.messages.length - 1;
  }

  get last(): RecordedMessage | undefined {
    return this.messages.at(-1);
  }

  at(position: number): RecordedMessage | undefined {
    return this.messages[position - this.first];
  }

  read({ from, limit }: { readonly from: number; readonly limit: number }): readonly RecordedMessage[] {
    const start = Math.max(from - this.first, 0);
    return this.messages.slice(start, start + limit);
  }

  push(message: RecordedMessage): void {
    this.messages.push(message);
    this.latestTimes.push(Math.max(message.time, this.latestTimes.at(-1) ?? message.time));
  }

  /** Forgets the first events as long as they are to be forgotten, but not the last one. @returns those. */
  forgetWhile(isToBeForgotten: (message: RecordedMessage) => boolean): readonly RecordedMessage[] {
    const kept = this.messages.findIndex((message) => message === this.last || !isToBeForgotten(message));
    if (kept <= 0) return [];
    this.first += kept;
    this.latestTimes = this.latestTimes.slice(kept);
    return this.messages.splice(0, kept);
  }

  /** The position of the first event that is later than `maxTime`; undefined where none is. */
  firstLaterThan(maxTime: number): number | undefined {
    const index = firstIndexWhere(this.messages.length, (each) => this.latestTimes[each]! > maxTime);
    return index < this.messages.length ? this.first + index : undefined;
  }

  page({ stream, after, maxVersion, maxTime, limit }: LoadPageRequest): FoldPage {
    const timeBound = maxTime === undefined ? undefined : this.firstLaterThan(maxTime);
    const length = this.version + 1;
    const bound = Math.min(length, (maxVersion ?? this.version) + 1, timeBound ?? length);
    const start = after + 1;
    const end = Math.min(start + limit, bound);
    if (end <= start) return { events: [], lastPosition: after, lastId: "", more: bound > start };
    if (start < this.first) throw forgottenEvent(stream, start, this.first);
    return {
      events: parsedEvents(this.messages.slice(start - this.first, end - this.first)),
      lastPosition: end - 1,
      lastId: this.at(end - 1)!.id,
      more: end < bound,
    };
  }
}
