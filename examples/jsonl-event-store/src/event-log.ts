import { ExpectedVersionError, IncorrectUsageError } from "@tidemark/core";
import {
  type AppendedStream,
  type AppendOptions,
  type AppendRequest,
  type CountedEvents,
  type CountedRange,
  type EventLog,
  type FoldPage,
  foldText,
  type GlobalPage,
  type GlobalRange,
  type LoadPageRequest,
  parseFoldText,
  type RecordedMessage,
  repeatedAppend,
  type StreamPage,
  type StreamRef,
  takenId,
} from "@tidemark/core/adapter";

import { pageOfNames } from "./page-of-names";

/** The events, in memory to find them by. Appends go to the file first. */
export class JsonlEventLog implements EventLog {
  /** The event with global position n at index n - 1. */
  private readonly events: RecordedMessage[] = [];
  private readonly streams = new Map<string, RecordedMessage[]>();
  private readonly byId = new Map<string, RecordedMessage>();

  /** @param write adds a line to the file, or throws and leaves the file as it was. */
  constructor(private readonly write: (line: { readonly append: readonly AppendRequest[] }) => void) {}

  /** How many events there are. */
  get size(): number {
    return this.events.length;
  }

  async append(
    requests: readonly AppendRequest[],
    { also = [] }: AppendOptions = {},
  ): Promise<readonly AppendedStream[]> {
    const repeated = repeatedAppend(requests, (id) => this.byId.get(id));
    if (repeated !== undefined) return repeated;
    if (also.length > 0) throw new IncorrectUsageError("A file of JSON lines keeps events and snapshots alone");
    this.check(requests);
    this.write({ append: requests });
    return requests.map((request) => this.add(request));
  }

  loadPage(request: LoadPageRequest): FoldPage {
    const { stream, after, limit } = request;
    const end = Math.min(this.end(request), this.of(stream).length);
    const events = this.of(stream).slice(after + 1, Math.min(after + 1 + limit, end));
    const last = events.at(-1);
    if (last === undefined) return { events: [], lastPosition: after, lastId: "", more: false };
    const text = events.map(({ type, data }) => foldText(type, data)).join("");
    const rows = { stream, firstPosition: after + 1, count: events.length };
    return {
      events: parseFoldText(text, rows),
      lastPosition: last.position,
      lastId: last.id,
      more: last.position + 1 < end,
    };
  }

  version({ stream }: StreamRef): number {
    return this.of(stream).length - 1;
  }

  readStream({ stream }: StreamRef, { from, limit }: { readonly from: number; readonly limit: number }) {
    return this.of(stream).slice(from, from + limit);
  }

  readLast({ stream }: StreamRef): RecordedMessage | undefined {
    return this.of(stream).at(-1);
  }

  readAll({ after, limit, categories }: GlobalRange): GlobalPage {
    const later = this.events.slice(after);
    const found = categories === undefined ? later : later.filter(({ category }) => categories.includes(category));
    const messages = found.slice(0, limit);
    const end = Math.max(after, this.size);
    const upTo = messages.length < limit ? end : (messages.at(-1)?.globalPosition ?? after);
    return { messages, upTo, atEnd: upTo === end };
  }

  countEvents({ after, categories, types, limit }: CountedRange): CountedEvents {
    const { messages } = this.readAll({ after, categories, limit: Number.POSITIVE_INFINITY });
    const found = messages.filter(({ type }) => types?.includes(type) ?? true).slice(0, limit);
    const [first] = found;
    return { events: found.length, ...(first && { since: first.time }) };
  }

  listStreams(category: string, page: StreamPage): readonly string[] {
    return pageOfNames(
      [...this.streams.values()].flatMap(([first]) => first ?? []),
      category,
      page,
    );
  }

  /** Adds what a line of the file says was appended. */
  add({ stream, category, messages }: AppendRequest): AppendedStream {
    const events = this.streams.get(stream) ?? [];
    this.streams.set(stream, events);
    for (const message of messages) {
      const place = { stream, category, position: events.length, globalPosition: this.size + 1 };
      const event = Object.freeze({ ...message, ...place });
      this.events.push(event);
      events.push(event);
      this.byId.set(event.id, event);
    }
    return { stream, version: events.length - 1, globalPosition: this.size };
  }

  /** Forgets everything, before a file is read anew. */
  clear(): void {
    this.events.length = 0;
    this.streams.clear();
    this.byId.clear();
  }

  of(stream: string): readonly RecordedMessage[] {
    return this.streams.get(stream) ?? [];
  }

  /** The first position that a load with these bounds leaves out. */
  end({ stream, maxVersion, maxTime }: Pick<LoadPageRequest, "stream" | "maxVersion" | "maxTime">): number {
    const later = maxTime === undefined ? -1 : this.of(stream).findIndex(({ time }) => time > maxTime);
    return Math.min((maxVersion ?? Number.POSITIVE_INFINITY) + 1, later === -1 ? Number.POSITIVE_INFINITY : later);
  }

  /** Checks everything before anything is written. */
  private check(requests: readonly AppendRequest[]): void {
    for (const { stream, expectedVersion: expected } of requests) {
      const actual = this.of(stream).length - 1;
      if (expected !== undefined && expected !== actual) throw new ExpectedVersionError({ stream, expected, actual });
    }
    const taken = takenId(requests, (id) => this.byId.get(id));
    if (taken !== undefined) throw taken;
  }
}
