import { ExpectedVersionError } from "../../errors/expected-version-error";
import { AppendListeners } from "../append-listeners";
import type {
  AppendedStream,
  AppendOptions,
  AppendRequest,
  CountedEvents,
  CountedRange,
  EventLog,
  ForgetRequest,
  ForgottenEvents,
  GlobalPage,
  GlobalRange,
} from "../event-log";
import type { FoldPage, LoadPageRequest } from "../loaded-stream";
import { refuseOverlaps } from "../operations";
import { repeatedAppend, takenId } from "../repeated-append";
import type { RecordedMessage, StreamPage, StreamRef } from "../stored-message";
import { firstIndexWhere } from "./binary-search";
import { flatText } from "./flat-text";
import type { MemoryOperationStore } from "./operation-store";
import { SortedStreams } from "./sorted-streams";
import { StreamOfEvents } from "./stream-of-events";

interface Category {
  readonly streams: SortedStreams<StreamOfEvents>;
  messages: RecordedMessage[];
  /** The highest global position of those that were forgotten. */
  forgottenUpTo: number;
}

const NOT_STORED = () => undefined;

/** The events of a `MemoryEventStore`. */
export class MemoryEventLog implements EventLog {
  readonly #categories = new Map<string, Category>();
  /** In global order. */
  #messages: RecordedMessage[] = [];
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
    // Nearly always none: one look at each id then answers both questions below.
    const storedAs = this.#holdsAny(requests) ? (id: string) => this.#messagesById.get(id) : NOT_STORED;
    const repeated = storedAs === NOT_STORED ? undefined : repeatedAppend(requests, storedAs);
    if (repeated !== undefined) return repeated;
    for (const request of requests) this.#checkVersion(request);
    const taken = takenId(requests, storedAs);
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
    return this.eventsOf(ref).read(range);
  }

  readLast(ref: StreamRef): RecordedMessage | undefined {
    return this.eventsOf(ref).last;
  }

  readAll({ after, limit, categories }: GlobalRange): GlobalPage {
    const messages =
      categories === undefined
        ? pageBehind(this.#messages, after, limit)
        : this.#ofCategories(categories, after, limit);
    const isFull = messages.length === limit;
    const upTo = isFull ? (messages.at(-1)?.globalPosition ?? after) : Math.max(after, this.#end);
    return { messages, upTo, atEnd: upTo >= this.#end };
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

  forget({ category: name, before, after, upTo, limit }: ForgetRequest): ForgottenEvents {
    const category = this.#categories.get(name);
    if (category === undefined) return { events: 0, upTo, atEnd: true };
    const looked = pageBehind(category.messages, after, limit).filter(({ globalPosition }) => globalPosition <= upTo);
    const reached = looked.length < limit ? upTo : (looked.at(-1)?.globalPosition ?? after);
    const isOld = ({ time, globalPosition }: RecordedMessage) => time < before && globalPosition <= reached;
    const streams = new Set(looked.map(({ stream }) => stream));
    const forgotten = new Set([...streams].flatMap((stream) => category.streams.get(stream)!.forgetWhile(isOld)));
    for (const { id, globalPosition } of forgotten) {
      this.#messagesById.delete(id);
      category.forgottenUpTo = Math.max(category.forgottenUpTo, globalPosition);
    }
    category.messages = category.messages.filter((message) => !forgotten.has(message));
    this.#messages = this.#messages.filter((message) => !forgotten.has(message));
    return { events: forgotten.size, upTo: reached, atEnd: reached >= upTo || !looked.some(isOld) };
  }

  forgottenUpTo(categories: readonly string[]): number {
    return Math.max(0, ...categories.map((name) => this.#categories.get(name)?.forgottenUpTo ?? 0));
  }

  onAppend(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  eventsOf({ stream, category }: StreamRef): StreamOfEvents {
    return this.#categories.get(category)?.streams.get(stream) ?? new StreamOfEvents();
  }

  /** The last event of all is the last one of its stream, and so never forgotten. */
  get #end(): number {
    return this.#messages.at(-1)?.globalPosition ?? 0;
  }

  #ofCategories(categories: readonly string[], after: number, limit: number): readonly RecordedMessage[] {
    const pages = [...new Set(categories)].map((name) => {
      return pageBehind(this.#categories.get(name)?.messages ?? [], after, limit);
    });
    if (pages.length === 1) return pages[0]!;
    return pages
      .flat()
      .sort((a, b) => a.globalPosition - b.globalPosition)
      .slice(0, limit);
  }

  /** Whether one of the ids to append is stored already. */
  #holdsAny(requests: readonly AppendRequest[]): boolean {
    for (const { messages } of requests) for (const { id } of messages) if (this.#messagesById.has(id)) return true;
    return false;
  }

  #checkVersion(request: AppendRequest): void {
    const actual = this.eventsOf(request).version;
    const { stream, expectedVersion: expected = actual } = request;
    if (expected !== actual) throw new ExpectedVersionError({ stream, expected, actual });
  }

  #write({ stream: name, category, messages }: AppendRequest): AppendedStream {
    const stream = flatText(name);
    const { streams, messages: inCategory } = this.#categoryOf(category);
    const events = streams.get(stream) ?? new StreamOfEvents();
    streams.set(stream, events);
    let position = events.version;
    let globalPosition = this.#end;
    for (const { id, type, time, data, metadata } of messages) {
      position++;
      globalPosition++;
      const message = Object.freeze({
        id: flatText(id),
        type,
        time,
        data: flatText(data),
        metadata: flatText(metadata),
        stream,
        category,
        position,
        globalPosition,
      });
      events.push(message);
      inCategory.push(message);
      this.#messages.push(message);
      this.#messagesById.set(id, message);
    }
    return { stream, version: position, globalPosition };
  }

  #categoryOf(name: string): Category {
    const known = this.#categories.get(name);
    if (known !== undefined) return known;
    const category: Category = { streams: new SortedStreams<StreamOfEvents>(), messages: [], forgottenUpTo: 0 };
    this.#categories.set(name, category);
    return category;
  }
}

function firstBehind(messages: readonly RecordedMessage[], after: number): number {
  return firstIndexWhere(messages.length, (index) => messages[index]!.globalPosition > after);
}

function pageBehind(messages: readonly RecordedMessage[], after: number, limit: number): readonly RecordedMessage[] {
  const start = firstBehind(messages, after);
  return messages.slice(start, start + limit);
}
