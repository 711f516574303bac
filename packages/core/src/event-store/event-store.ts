import { ExpectedVersionError } from "../errors/expected-version-error";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { checkAppend } from "./append-check";
import type {
  Answer,
  AppendedStream,
  AppendRequest,
  EventStoreAdapter,
  RecordedMessage,
  StreamRef,
} from "./event-store-adapter";
import { decodeMessage } from "./message-codec";
import type { RecordedEvent, StreamAppend } from "./messages";
import { cursor, naturalNumber } from "./read-arguments";
import { snapshotOf } from "./snapshot-message";
import { categoryFault, isCommandCategory, isSnapshotCategory, parseStream } from "./stream-names";

/** What the event store of a domain is made with, besides its adapter. */
export interface EventStoreOptions {
  /** Makes the id of an event that comes without one. */
  readonly ids: () => string;
  /** Tells the time of an event that comes without one. */
  readonly clock: () => Date;
  /** How many bytes the JSON of one event's data may take: `max_event_bytes` in domain.toml. */
  readonly maxEventBytes: number;
}

/** Which part of a stream to read; all of it by default. */
export interface ReadOptions {
  /** The position to begin with. */
  readonly from?: number;
  readonly limit?: number;
}

/** Which part of a category, or of everything, to read; all of it by default. */
export interface GlobalReadOptions {
  /** The global position of the last event that was seen, as number or as text; 0 for the beginning. */
  readonly after?: number | string;
  readonly limit?: number;
}

const PAGE = 1_000;

/** What users append snapshots by hand for is none of retention's business. */
const KEEP_ALL = 1_000_000;

/**
 * The events as they are stored, below aggregates and repositories: `domain.eventStore`.
 *
 * Reads are lazy: nothing is fetched, and no argument checked, before the first event is asked for. A page at a time is in
 * memory. An event that is appended meanwhile may or may not be among those read.
 */
export class EventStore {
  constructor(
    private readonly adapter: EventStoreAdapter,
    private readonly options: EventStoreOptions,
  ) {}

  /** The events of one stream, or the snapshots of a snapshot stream, in order. None where there is no such stream. */
  async *read(stream: string, { from = 0, limit }: ReadOptions = {}): AsyncGenerator<RecordedEvent, void, undefined> {
    const ref = refOf(stream);
    const first = naturalNumber("from", from);
    const most = limitOf(limit);
    yield* isSnapshotCategory(ref.category)
      ? this.readSnapshots(ref, first, most)
      : paged(most, (size, last) =>
          this.adapter.readStream(ref, { from: last === undefined ? first : last.position + 1, limit: size }),
        );
  }

  /** The last event of a stream, or the newest snapshot of a snapshot stream. */
  async readLast(stream: string): Promise<RecordedEvent | undefined> {
    const message = await this.adapter.readLast(refOf(stream));
    return message && decodeMessage(message);
  }

  /**
   * The events of one category in global order. A category of snapshots has no global order: it is read
   * stream by stream, from its beginning.
   */
  async *readCategory(
    category: string,
    { after = 0, limit }: GlobalReadOptions = {},
  ): AsyncGenerator<RecordedEvent, void, undefined> {
    const fault = categoryFault(category);
    if (fault !== undefined)
      throw new IncorrectUsageError(`Cannot read category ${JSON.stringify(category)}: ${fault}`);
    const first = cursor(after);
    const most = limitOf(limit);
    if (isSnapshotCategory(category)) yield* this.readSnapshotCategory(category, first, most);
    else {
      yield* paged(most, (size, last) =>
        this.adapter.readCategory(category, { after: last?.globalPosition ?? first, limit: size }),
      );
    }
  }

  /** The events of all categories in global order. Never snapshots, nor records of commands. */
  async *readAll({ after = 0, limit }: GlobalReadOptions = {}): AsyncGenerator<RecordedEvent, void, undefined> {
    const first = cursor(after);
    yield* paged(
      limitOf(limit),
      (size, last) => this.adapter.readAll({ after: last?.globalPosition ?? first, limit: size }),
      isEvent,
    );
  }

  /**
   * Appends to all the streams named or to none.
   *
   * To a snapshot stream each event is one snapshot, as `read` gives it back; those are written one by one.
   *
   * @returns for each stream, in order, the position of its last new event.
   * @throws IncorrectUsageError, ValidationError before anything is written; ExpectedVersionError when a stream
   *   is at another version than expected.
   */
  async append(appends: readonly StreamAppend[]): Promise<readonly AppendedStream[]> {
    const requests = checkAppend(appends, this.options);
    if (requests.length === 0) return [];
    if (requests.some(({ category }) => isSnapshotCategory(category))) return this.appendSnapshots(requests);
    return this.adapter.append(requests);
  }

  private async appendSnapshots(requests: readonly AppendRequest[]): Promise<readonly AppendedStream[]> {
    const versions: number[] = [];
    for (const request of requests) {
      const actual = await this.adapter.version(request);
      const { stream, expectedVersion: expected = actual } = request;
      if (expected !== actual) throw new ExpectedVersionError({ stream, expected, actual });
      versions.push(actual);
    }
    const appended: AppendedStream[] = [];
    for (const [index, request] of requests.entries()) {
      let latest = versions[index]!;
      let version = latest;
      for (const message of request.messages) {
        const snapshot = snapshotOf(request, message, latest + 1);
        await this.adapter.writeSnapshot(snapshot, { keep: KEEP_ALL });
        version = snapshot.version;
        latest = Math.max(latest, version);
      }
      appended.push({ stream: request.stream, version, globalPosition: 0 });
    }
    return appended;
  }

  /** At once, not in pages: snapshots of several kinds may share a position, which then says not where to go on. */
  private async *readSnapshots(ref: StreamRef, from: number, limit: number): AsyncGenerator<RecordedEvent> {
    if (limit === 0) return;
    for (const message of await this.adapter.readStream(ref, { from, limit })) yield decodeMessage(message);
  }

  private async *readSnapshotCategory(category: string, after: number, limit: number): AsyncGenerator<RecordedEvent> {
    if (after > 0) {
      const message = `Cannot read category ${JSON.stringify(category)} after ${after}: snapshots have no global position`;
      throw new IncorrectUsageError(message, { category, after });
    }
    let left = limit;
    for await (const stream of this.streamsOf(category)) {
      for await (const snapshot of this.readSnapshots({ stream, category }, 0, left)) {
        yield snapshot;
        left--;
      }
      if (left === 0) return;
    }
  }

  private async *streamsOf(category: string): AsyncGenerator<string> {
    let page: readonly string[] = [];
    do {
      const last = page.at(-1);
      page = await this.adapter.listStreams(category, { limit: PAGE, ...(last !== undefined && { after: last }) });
      yield* page;
    } while (page.length === PAGE);
  }
}

/**
 * Stops at the first page that is not full, and exactly at `limit`.
 * @param counts which messages to give and to count; all where absent.
 */
async function* paged(
  limit: number,
  read: (size: number, last: RecordedMessage | undefined) => Answer<readonly RecordedMessage[]>,
  counts: (message: RecordedMessage) => boolean = () => true,
): AsyncGenerator<RecordedEvent> {
  let last: RecordedMessage | undefined;
  let size = Math.min(PAGE, limit);
  for (let left = limit; left > 0; ) {
    const page = await read(size, last);
    const given = page.filter(counts).slice(0, left);
    for (const message of given) yield decodeMessage(message);
    if (page.length < size) return;
    last = page.at(-1);
    left -= given.length;
    // A page that lost some may be followed by many of their kind: then one large read costs less than many small ones.
    size = given.length < page.length ? PAGE : Math.min(PAGE, left);
  }
}

function isEvent({ category }: RecordedMessage): boolean {
  return !isCommandCategory(category);
}

function limitOf(limit: number | undefined): number {
  return limit === undefined ? Number.MAX_SAFE_INTEGER : naturalNumber("limit", limit);
}

function refOf(stream: string): StreamRef {
  const { category } = parseStream(stream);
  return { stream, category };
}
