import {
  type AppendedStream,
  type AppendRequest,
  ExpectedVersionError,
  type FoldPage,
  foldText,
  type GlobalRange,
  IncorrectUsageError,
  type LoadPageRequest,
  parseFoldText,
  type RecordedMessage,
} from "@tidemark/core";

/** All events, found by stream, by category and by id. */
export class EventIndex {
  /** The event with global position n at index n - 1. */
  readonly all: RecordedMessage[] = [];
  private readonly streams = new Map<string, RecordedMessage[]>();
  private readonly categories = new Map<string, RecordedMessage[]>();
  private readonly byId = new Map<string, RecordedMessage>();

  /** The answer of the first time, when every message is stored where these requests would put it. */
  appendedBefore(requests: readonly AppendRequest[]): AppendedStream[] | undefined {
    const appended = requests.map(({ stream, expectedVersion, messages }) => {
      const events = messages.map(({ id }) => this.byId.get(id));
      const first = expectedVersion === undefined ? events[0]?.position : expectedVersion + 1;
      const isSame = events.every((event, index) => event?.stream === stream && event.position === first! + index);
      return isSame ? appendedAt(events.at(-1)!) : undefined;
    });
    return appended.every((each) => each !== undefined) ? appended : undefined;
  }

  /** Checks everything before anything is written. */
  check(requests: readonly AppendRequest[]): void {
    for (const { stream, expectedVersion: expected } of requests) {
      const actual = this.of(stream).length - 1;
      if (expected !== undefined && expected !== actual) throw new ExpectedVersionError({ stream, expected, actual });
    }
    const ids = new Set<string>();
    for (const { id } of requests.flatMap(({ messages }) => messages)) {
      if (this.byId.has(id) || ids.has(id)) {
        throw new IncorrectUsageError(`Cannot append an event with the id ${JSON.stringify(id)}: it is stored already`);
      }
      ids.add(id);
    }
  }

  add({ stream, category, messages }: AppendRequest): AppendedStream {
    const [ofStream, ofCategory] = [listIn(this.streams, stream), listIn(this.categories, category)];
    for (const message of messages) {
      const places = { stream, category, position: ofStream.length, globalPosition: this.all.length + 1 };
      const event = Object.freeze({ ...message, ...places });
      for (const list of [this.all, ofStream, ofCategory]) list.push(event);
      this.byId.set(event.id, event);
    }
    return appendedAt(ofStream.at(-1)!);
  }

  of(stream: string): readonly RecordedMessage[] {
    return this.streams.get(stream) ?? [];
  }

  inCategory(category: string): readonly RecordedMessage[] {
    return this.categories.get(category) ?? [];
  }

  /** The first position that a load with these bounds leaves out. */
  end({ stream, maxVersion, maxTime }: Pick<LoadPageRequest, "stream" | "maxVersion" | "maxTime">): number {
    const later = maxTime === undefined ? -1 : this.of(stream).findIndex(({ time }) => time > maxTime);
    return Math.min((maxVersion ?? Number.POSITIVE_INFINITY) + 1, later === -1 ? Number.POSITIVE_INFINITY : later);
  }

  page(request: LoadPageRequest): FoldPage {
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
}

/** At most `limit` events after a global position, of events that are in global order. */
export function rangeOf(events: readonly RecordedMessage[], { after, limit }: GlobalRange): RecordedMessage[] {
  const start = events.findIndex(({ globalPosition }) => globalPosition > after);
  return start === -1 ? [] : events.slice(start, start + limit);
}

function appendedAt({ stream, position, globalPosition }: RecordedMessage): AppendedStream {
  return { stream, version: position, globalPosition };
}

function listIn(lists: Map<string, RecordedMessage[]>, key: string): RecordedMessage[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}
