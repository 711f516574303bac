import { foldText, parseFoldText } from "../fold-page";
import type { FoldPage, LoadPageRequest } from "../loaded-stream";
import type { RecordedMessage } from "../stored-message";
import { firstIndexWhere } from "./binary-search";

/** The events of one stream, each at the index that is its position. */
export class StreamOfEvents {
  readonly messages: RecordedMessage[] = [];
  /** For each position the latest time up to it: times may run backwards, this never does. */
  private readonly latestTimes: number[] = [];

  get version(): number {
    return this.messages.length - 1;
  }

  push(message: RecordedMessage): void {
    this.messages.push(message);
    this.latestTimes.push(Math.max(message.time, this.latestTimes.at(-1) ?? message.time));
  }

  /** The position of the first event that is later than `maxTime`; undefined where none is. */
  firstLaterThan(maxTime: number): number | undefined {
    const position = firstIndexWhere(this.messages.length, (index) => this.latestTimes[index]! > maxTime);
    return position < this.messages.length ? position : undefined;
  }

  page({ stream, after, maxVersion, maxTime, limit }: LoadPageRequest): FoldPage {
    const timeBound = maxTime === undefined ? undefined : this.firstLaterThan(maxTime);
    const bound = Math.min(this.messages.length, (maxVersion ?? this.version) + 1, timeBound ?? this.messages.length);
    const start = after + 1;
    const end = Math.min(start + limit, bound);
    if (end <= start) return { events: [], lastPosition: after, lastId: "", more: bound > start };
    let joined = "";
    for (let position = start; position < end; position++) {
      const { type, data } = this.messages[position]!;
      joined += foldText(type, data);
    }
    return {
      events: parseFoldText(joined, { stream, firstPosition: start, count: end - start }),
      lastPosition: end - 1,
      lastId: this.messages[end - 1]!.id,
      more: end < bound,
    };
  }
}
