import { ExpectedVersionError } from "../errors/expected-version-error";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { checkAppend } from "./append-check";
import type {
  AppendedStream,
  AppendRequest,
  EventStoreAdapter,
  RecordedMessage,
  StreamRef,
} from "./event-store-adapter";
import { decodeMessage } from "./message-codec";
import type { RecordedEvent, StreamAppend } from "./messages";
import { cursor, naturalNumber } from "./read-arguments";
import { RecordedEvents } from "./recorded-events";
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
  read(stream: string, { from = 0, limit }: ReadOptions = {}): AsyncGenerator<RecordedEvent, void, undefined> {
    if (isOfSnapshots(stream)) return this.readSnapshots(stream, from, limit);
    return new RecordedEvents(() => {
      const ref = refOf(stream);
      const first = naturalNumber("from", from);
      return {
        limit: limitOf(limit),
        page: (size, last) =>
          this.adapter.readStream(ref, { from: last === undefined ? first : last.position + 1, limit: size }),
      };
    });
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
  readCategory(
    category: string,
    { after = 0, limit }: GlobalReadOptions = {},
  ): AsyncGenerator<RecordedEvent, void, undefined> {
    if (isOfSnapshots(category)) return this.readSnapshotCategory(category, after, limit);
    return new RecordedEvents(() => {
      checkCategory(category);
      const first = cursor(after);
      return {
        limit: limitOf(limit),
        page: (size, last) =>
          this.adapter.readCategory(category, { after: last?.globalPosition ?? first, limit: size }),
      };
    });
  }

  /** The events of all categories in global order. Never snapshots, nor records of commands. */
  readAll({ after = 0, limit }: GlobalReadOptions = {}): AsyncGenerator<RecordedEvent, void, undefined> {
    return new RecordedEvents(() => {
      const first = cursor(after);
      return {
        limit: limitOf(limit),
        page: (size, last) => this.adapter.readAll({ after: last?.globalPosition ?? first, limit: size }),
        counts: isEvent,
      };
    });
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
  private async *readSnapshots(
    stream: string,
    from: number,
    limit: number | undefined,
  ): AsyncGenerator<RecordedEvent, void, undefined> {
    const range = { from: naturalNumber("from", from), limit: limitOf(limit) };
    if (range.limit === 0) return;
    for (const message of await this.adapter.readStream(refOf(stream), range)) yield decodeMessage(message);
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
    for await (const stream of this.streamsOf(category)) {
      for await (const snapshot of this.readSnapshots(stream, 0, left)) {
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

function isEvent({ category }: RecordedMessage): boolean {
  return !isCommandCategory(category);
}

/** Whether a name that was not looked at yet, of a stream or a category, is one of snapshots. */
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

function refOf(stream: string): StreamRef {
  const { category } = parseStream(stream);
  return { stream, category };
}
