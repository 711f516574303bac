import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { AppendedStream, AppendRequest, GlobalPage } from "../ports/event-log";
import type { EventStoreAdapter } from "../ports/event-store-adapter";
import type { RecordedMessage } from "../ports/stored-message";
import { type CheckedAppend, checkAppend } from "./append-check";
import { listIds } from "./list-ids";
import { decodeMessage } from "./message-codec";
import type { EventText, RecordedEvent, StreamAppend } from "./messages";
import { cursor, naturalNumber } from "./read-arguments";
import { type ReadPage, RecordedEvents } from "./recorded-events";
import { snapshotMessage, snapshotOf } from "./snapshot-message";
import { categoryFault, isCommandCategory, isSnapshotCategory, parseStream, streamOf } from "./stream-names";

/** What an event store needs besides its adapter. */
export interface EventStoreOptions {
  /** Makes the id of an event that is appended without one. */
  readonly ids: () => string;
  /** Gives the time of an event that is appended without one. */
  readonly clock: () => Date;
  /** How many bytes the JSON of one event's data may take: `max_event_bytes` in domain.toml. */
  readonly maxEventBytes: number;
  /** Appends events together with what has to be stored because of them; `log.append` of the adapter where absent. */
  readonly append?: (requests: readonly AppendRequest[]) => Promise<readonly AppendedStream[]>;
}

/** Which part of a stream to read; all of it by default. */
export interface ReadOptions {
  /** The position of the first event to read. */
  readonly from?: number;
  readonly limit?: number;
}

/** Which part of a category, or of everything, to read; all of it by default. */
export interface GlobalReadOptions {
  /** The global position of the last event that was seen, as number or as text; 0 for the start. */
  readonly after?: number | string;
  readonly limit?: number;
}

/** Retention does not apply to snapshots that users append by hand. */
const KEEP_ALL = 1_000_000;

/**
 * The events as they are stored, below aggregates and repositories: `domain.eventStore`.
 *
 * Reads are lazy: nothing is fetched, and no argument checked, before the first event is asked for. A page at a time is in
 * memory. An event that is appended meanwhile may or may not be among those read.
 *
 * A stream whose category ends with `:snapshot` holds an aggregate's snapshots, which lie in a store of their own.
 */
export class EventStore {
  constructor(
    private readonly adapter: EventStoreAdapter,
    private readonly options: EventStoreOptions,
  ) {}

  /** The store in words that hold no secret. */
  get description(): string {
    return this.adapter.description;
  }

  /** Reads the events of one stream, or the snapshots of a snapshot stream, in order. Gives nothing where there is no such stream. */
  read(stream: string, { from = 0, limit }: ReadOptions = {}): AsyncGenerator<RecordedEvent, void, undefined> {
    if (isOfSnapshots(stream)) return this.readSnapshots(stream, from, limit);
    return new RecordedEvents(() => {
      const ref = parseStream(stream);
      return {
        start: naturalNumber("from", from),
        limit: limitOf(limit),
        page: async (start, size) =>
          streamPage(await this.adapter.log.readStream(ref, { from: start, limit: size }), size),
      };
    });
  }

  /** Reads the last event of a stream, or the newest snapshot of a snapshot stream. */
  async readLast(stream: string): Promise<RecordedEvent | undefined> {
    const ref = parseStream(stream);
    if (!isSnapshotCategory(ref.category)) {
      const message = await this.adapter.log.readLast(ref);
      return message && decodeMessage(message);
    }
    const [newest] = await this.adapter.snapshots.read(ref);
    return newest && decodeMessage(snapshotMessage(newest));
  }

  /**
   * Reads the events of one category in global order. Snapshots have no global order: a category of them is read stream by
   * stream, from its start.
   */
  readCategory(
    category: string,
    { after = 0, limit }: GlobalReadOptions = {},
  ): AsyncGenerator<RecordedEvent, void, undefined> {
    if (isOfSnapshots(category)) return this.readSnapshotCategory(category, after, limit);
    return new RecordedEvents(() => {
      checkCategory(category);
      return {
        start: cursor(after),
        limit: limitOf(limit),
        page: async (start, size) =>
          globalPage(await this.adapter.log.readAll({ after: start, limit: size, categories: [category] })),
      };
    });
  }

  /** Reads the events of all categories in global order. Never snapshots, nor records of commands. */
  readAll({ after = 0, limit }: GlobalReadOptions = {}): AsyncGenerator<RecordedEvent, void, undefined> {
    return new RecordedEvents(() => ({
      start: cursor(after),
      limit: limitOf(limit),
      page: async (start, size) => globalPage(await this.adapter.log.readAll({ after: start, limit: size })),
      counts: eventsAlone(),
    }));
  }

  /**
   * Reads the event at a global position with its data and metadata as the text that is stored, whether that can be decoded or not.
   * @throws DeserializationError where the store itself finds the row damaged.
   */
  async readText(globalPosition: number): Promise<EventText | undefined> {
    const after = naturalNumber("globalPosition", globalPosition) - 1;
    const { messages } = await this.adapter.log.readAll({ after: Math.max(after, 0), limit: 1 });
    const [message] = messages;
    if (message?.globalPosition !== globalPosition) return undefined;
    const { id, type, stream, position, time, data, metadata } = message;
    return { id, type, stream, position, globalPosition, time: new Date(time), data, metadata };
  }

  /**
   * Appends to all the streams named or to none.
   *
   * To a snapshot stream each event is one snapshot, as `read` gives it back.
   *
   * @returns for each stream, in order, the position of its last new event.
   * @throws IncorrectUsageError, ValidationError before anything is written; ExpectedVersionError when a stream
   *   is at another version than expected.
   */
  async append(appends: readonly StreamAppend[]): Promise<readonly AppendedStream[]> {
    const checked = checkAppend(appends, this.options);
    if (checked.requests.length === 0) return [];
    if (checked.areSnapshots) return await this.appendSnapshots(checked);
    const { append = (requests) => this.adapter.log.append(requests) } = this.options;
    return await append(checked.requests);
  }

  /** All snapshots in one transaction, which checks the expected versions once more. */
  private async appendSnapshots({ requests }: CheckedAppend): Promise<readonly AppendedStream[]> {
    const { snapshots } = this.adapter;
    const writes = [];
    const appended: AppendedStream[] = [];
    for (const request of requests) {
      const [newest] = await snapshots.read(request);
      let latest = newest?.version ?? -1;
      const { expectedVersion } = request;
      const decoded = request.messages.map((message) => {
        const snapshot = snapshotOf(request, message, latest + 1);
        latest = Math.max(latest, snapshot.version);
        return snapshot;
      });
      for (const [index, snapshot] of decoded.entries())
        writes.push({
          snapshot,
          keep: KEEP_ALL,
          ...(index === 0 && expectedVersion !== undefined && { expectedVersion }),
        });
      appended.push({ stream: request.stream, version: decoded.at(-1)!.version, globalPosition: 0 });
    }
    await snapshots.write(writes);
    return appended;
  }

  private async *readSnapshots(
    stream: string,
    from: number,
    limit: number | undefined,
  ): AsyncGenerator<RecordedEvent, void, undefined> {
    const [first, count] = [naturalNumber("from", from), limitOf(limit)];
    if (count === 0) return;
    const stored = await this.adapter.snapshots.read(parseStream(stream));
    const inOrder = stored.filter(({ version }) => version >= first).reverse();
    for (const snapshot of inOrder.slice(0, count)) yield decodeMessage(snapshotMessage(snapshot));
  }

  private async *readSnapshotCategory(
    category: string,
    after: number | string,
    limit: number | undefined,
  ): AsyncGenerator<RecordedEvent, void, undefined> {
    checkCategory(category);
    if (cursor(after) > 0) {
      const message = `Cannot read category ${JSON.stringify(category)} after ${after}: snapshots have no global position`;
      throw new IncorrectUsageError(message, { category, after });
    }
    let left = limitOf(limit);
    if (left === 0) return;
    for await (const id of listIds(this.adapter.snapshots, category)) {
      for await (const snapshot of this.readSnapshots(streamOf(category, id).stream, 0, left)) {
        yield snapshot;
        left--;
      }
      if (left === 0) return;
    }
  }
}

function streamPage(messages: readonly RecordedMessage[], size: number): ReadPage {
  return { messages, next: messages.length < size ? undefined : messages.at(-1)!.position + 1 };
}

function globalPage({ messages, upTo, atEnd }: GlobalPage): ReadPage {
  return { messages, next: atEnd ? undefined : upTo };
}

/** Leaves out the records of commands. Looks at the name of a category once for all messages in a row that are of it. */
function eventsAlone(): (message: RecordedMessage) => boolean {
  let known: string | undefined;
  let isOfEvents = false;
  return ({ category }) => {
    if (category !== known) {
      known = category;
      isOfEvents = !isCommandCategory(category);
    }
    return isOfEvents;
  };
}

/** Whether a name that was not checked yet, of a stream or a category, is one of snapshots. */
function isOfSnapshots(name: unknown): name is string {
  return typeof name === "string" && isSnapshotCategory(name.split("-", 1)[0] as string);
}

function checkCategory(category: string): void {
  const fault = categoryFault(category);
  if (fault !== undefined) throw new IncorrectUsageError(`Cannot read category ${JSON.stringify(category)}: ${fault}`);
}

function limitOf(limit: number | undefined): number {
  return limit === undefined ? Number.MAX_SAFE_INTEGER : naturalNumber("limit", limit);
}
