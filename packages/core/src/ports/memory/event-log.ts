import { ExpectedVersionError } from "../../errors/expected-version-error";
import { AppendListeners } from "../append-listeners";
import type {
  AppendedStream,
  AppendOptions,
  AppendRequest,
  CountedEvents,
  CountedRange,
  EventLog,
  GlobalPage,
  GlobalRange,
} from "../event-log";
import type { FoldPage, LoadPageRequest } from "../loaded-stream";
import { refuseOverlaps } from "../operations";
import { repeatedAppend, takenId } from "../repeated-append";
import type { RecordedMessage, StreamPage, StreamRef } from "../stored-message";
import { firstIndexWhere } from "./binary-search";
import type { MemoryOperationStore } from "./operation-store";
import { SortedStreams } from "./sorted-streams";
import { StreamOfEvents } from "./stream-of-events";

interface Category {
  readonly streams: SortedStreams<StreamOfEvents>;
  readonly messages: RecordedMessage[];
}

/** The events of a `MemoryEventStore`. */
export class MemoryEventLog implements EventLog {
  readonly #categories = new Map<string, Category>();
  /** The message with global position n at index n - 1. */
  readonly #messages: RecordedMessage[] = [];
  readonly #messagesById = new Map<string, RecordedMessage>();
  readonly #listeners = new AppendListeners();

  constructor(private readonly operations: MemoryOperationStore) {}

  /** How many events there are. */
  get size(): number {
    return this.#messages.length;
  }

  async append(
    requests: readonly AppendRequest[],
    { also = [] }: AppendOptions = {},
  ): Promise<readonly AppendedStream[]> {
    refuseOverlaps(also);
    const repeated = repeatedAppend(requests, (id) => this.#messagesById.get(id));
    if (repeated !== undefined) return repeated;
    for (const request of requests) this.#checkVersion(request);
    const taken = takenId(requests, (id) => this.#messagesById.get(id));
    if (taken !== undefined) throw taken;
    const apply = this.operations.checked(also);
    const appended = requests.map((request) => this.#write(request));
    apply();
    this.#listeners.notify();
    return appended;
  }

  loadPage(request: LoadPageRequest): FoldPage {
    return this.eventsOf(request).page(request);
  }

  version(ref: StreamRef): number {
    return this.eventsOf(ref).version;
  }

  readStream(ref: StreamRef, range: { readonly from: number; readonly limit: number }): readonly RecordedMessage[] {
    return this.eventsOf(ref).messages.slice(range.from, range.from + range.limit);
  }

  readLast(ref: StreamRef): RecordedMessage | undefined {
    return this.eventsOf(ref).messages.at(-1);
  }

  readAll({ after, limit, categories }: GlobalRange): GlobalPage {
    const messages =
      categories === undefined
        ? this.#messages.slice(after, after + limit)
        : this.#ofCategories(categories, after, limit);
    const isFull = messages.length === limit;
    const upTo = isFull ? (messages.at(-1)?.globalPosition ?? after) : Math.max(after, this.#messages.length);
    return { messages, upTo, atEnd: upTo >= this.#messages.length };
  }

  countEvents({ after, categories, types, limit }: CountedRange): CountedEvents {
    const found: RecordedMessage[] = [];
    for (const name of new Set(categories)) {
      let counted = 0;
      const messages = this.#categories.get(name)?.messages ?? [];
      for (let index = firstBehind(messages, after); index < messages.length && counted < limit; index++) {
        const message = messages[index]!;
        if (types?.includes(message.type) === false) continue;
        found.push(message);
        counted++;
      }
    }
    const [first] = found.sort((a, b) => a.globalPosition - b.globalPosition);
    return { events: Math.min(found.length, limit), ...(first && { since: first.time }) };
  }

  /** The global position of a category's last event; 0 for none. */
  endOf(category: string): number {
    return this.#categories.get(category)?.messages.at(-1)?.globalPosition ?? 0;
  }

  listStreams(category: string, page: StreamPage): readonly string[] {
    return this.#categories.get(category)?.streams.list(page) ?? [];
  }

  onAppend(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  eventsOf({ stream, category }: StreamRef): StreamOfEvents {
    return this.#categories.get(category)?.streams.get(stream) ?? new StreamOfEvents();
  }

  #ofCategories(categories: readonly string[], after: number, limit: number): readonly RecordedMessage[] {
    const pages = [...new Set(categories)].map((name) => {
      const messages = this.#categories.get(name)?.messages ?? [];
      const start = firstBehind(messages, after);
      return messages.slice(start, start + limit);
    });
    if (pages.length === 1) return pages[0]!;
    return pages
      .flat()
      .sort((a, b) => a.globalPosition - b.globalPosition)
      .slice(0, limit);
  }

  #checkVersion(request: AppendRequest): void {
    const actual = this.eventsOf(request).version;
    const { stream, expectedVersion: expected = actual } = request;
    if (expected !== actual) throw new ExpectedVersionError({ stream, expected, actual });
  }

  #write({ stream, category, messages }: AppendRequest): AppendedStream {
    const { streams, messages: inCategory } = this.#categoryOf(category);
    const events = streams.get(stream) ?? new StreamOfEvents();
    streams.set(stream, events);
    for (const { id, type, time, data, metadata } of messages) {
      const position = events.version + 1;
      const globalPosition = this.#messages.length + 1;
      const message = Object.freeze({ id, type, time, data, metadata, stream, category, position, globalPosition });
      for (const messages of [events, inCategory, this.#messages]) messages.push(message);
      this.#messagesById.set(id, message);
    }
    return { stream, version: events.version, globalPosition: this.#messages.length };
  }

  #categoryOf(name: string): Category {
    const category = this.#categories.get(name) ?? { streams: new SortedStreams<StreamOfEvents>(), messages: [] };
    this.#categories.set(name, category);
    return category;
  }
}

function firstBehind(messages: readonly RecordedMessage[], after: number): number {
  return firstIndexWhere(messages.length, (index) => messages[index]!.globalPosition > after);
}
