import { ExpectedVersionError } from "@tidemark/core";
import {
  type AppendedStream,
  type AppendRequest,
  foldText,
  repeatedAppend,
  type StoredEvent,
  type StoredMessage,
  takenId,
} from "@tidemark/core/adapter";
import { chainAfter, checksumOf, sealOf } from "./checksums";
import { DamagedTable, isUniqueViolation } from "./database-errors";
import type { Database } from "./drivers/database";
import { type EventStreams, NONE } from "./event-streams";
import { EventsBehind } from "./events-behind";
import { INDEXED_UP_TO, IndexedEvents, provenUpTo } from "./indexed-events";
import { BEFORE_FIRST, type EndRow, endsDiffer, sound } from "./stream-ends";

/** Adds events to streams, inside a transaction that somebody else starts and commits. */
export class EventAppender {
  private readonly indexed: IndexedEvents;
  private readonly behind: EventsBehind;
  /** All that an append must know, of a stream that has events. */
  private readonly head;
  /** The same of one that has none, or whose events the index does not find. */
  private readonly headWithoutStream;
  private readonly insert;
  private readonly taken;
  private readonly selectById;

  constructor(
    database: Database,
    private readonly streams: EventStreams,
  ) {
    this.indexed = new IndexedEvents(database);
    this.behind = new EventsBehind(database);
    const ofTables = `${INDEXED_UP_TO}, (SELECT max(global_position) FROM event_log),
      (SELECT 1 FROM event_ids WHERE id = ?), (SELECT position FROM event_ends WHERE stream_id = ?)`;
    this.head = database.rows<[string, number, number], [...TablesRow, ...EndRow]>(
      `SELECT ${ofTables}, position, id, chain, seal FROM event_log WHERE stream_id = ? ORDER BY position DESC LIMIT 1`,
    );
    this.headWithoutStream = database.rows<[string, number], TablesRow>(`SELECT ${ofTables}`);
    this.insert = database.prepare(
      `INSERT INTO event_log (global_position, stream_id, position, category_id, id, type, time, chain, seal, checksum, data, metadata)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.taken = database.values<[string], number>("SELECT 1 FROM event_ids WHERE id = ?");
    const placeOf = `coalesce((SELECT global_position FROM event_ids WHERE id = ?),
      (SELECT global_position FROM event_log NOT INDEXED WHERE global_position > ${INDEXED_UP_TO} AND id = ?))`;
    this.selectById = database.rows<[string, string], StoredRow>(
      `SELECT stream_id, position, global_position, type, data, id FROM event_log WHERE global_position = ${placeOf}`,
    );
  }

  /**
   * Appends to all streams and then calls `also`, or throws and leaves what was written to be rolled back. A repeated append
   * that expects a version is answered without either.
   *
   * @throws ExpectedVersionError; StoredEventId, for `answerRepeated` to decide upon; IncorrectUsageError for a repetition with other
   *   contents; what `also` and SQLite throw.
   */
  append(requests: readonly AppendRequest[], also: () => void): readonly AppendedStream[] {
    const heads = requests.map((request) => this.headOf(request));
    const conflict = requests.findIndex(
      ({ expectedVersion }, index) => expectedVersion !== undefined && expectedVersion !== heads[index]!.position,
    );
    if (conflict !== -1) {
      const repeated = this.repeated(requests);
      if (repeated !== undefined) return repeated;
      const { stream, expectedVersion: expected = -1 } = requests[conflict]!;
      throw new ExpectedVersionError({ stream, expected, actual: heads[conflict]!.position });
    }
    if (heads.some(({ hasId }) => hasId)) throw new StoredEventId(new DamagedTable("event_ids"));
    const appended = requests.length === 0 ? [] : this.writeAll(requests, heads);
    also();
    return appended;
  }

  /**
   * Answers an append that failed with a StoredEventId, after it was rolled back: events are never deleted, so the one with that
   * id is still there.
   *
   * @returns the answer of the first time, for a repeated append.
   * @throws IncorrectUsageError for an id that another append has stored, or the same one with other contents; the violation itself where no id explains it.
   */
  answerRepeated(requests: readonly AppendRequest[], { cause }: StoredEventId): readonly AppendedStream[] {
    const repeated = this.repeated(requests);
    if (repeated !== undefined) return repeated;
    throw takenId(requests, (id) => this.storedAs(id)) ?? cause;
  }

  /** Forgets what it remembers, after a transaction was rolled back. */
  forget(): void {
    this.behind.forget();
  }

  /** @throws DeserializationError for a damaged row, and where the stream's two ends differ; DamagedTable */
  private headOf({ stream, messages }: AppendRequest): Head {
    const number = this.streams.numberOf(stream);
    const [{ id: firstId }] = messages as readonly [StoredMessage];
    const row = number === NONE ? undefined : this.head.get(firstId, number, number);
    const [storedUpTo, storedLast, isStored, end] = row ?? this.headWithoutStream.get(firstId, number)!;
    const [upTo, last] = [provenUpTo(storedUpTo), storedLast ?? 0];
    if (last < upTo) throw new DamagedTable("event_log");
    this.behind.bringUpTo(upTo, last);
    const kept = Math.max(end ?? -1, this.behind.endOf(number));
    // A stream that has a number has an event.
    if (row === undefined && number !== NONE) throw endsDiffer(stream, -1, Math.max(kept, 0));
    const { position, chain } = row === undefined ? BEFORE_FIRST : sound(stream, [row[4], row[5], row[6], row[7]]);
    if (position !== kept) throw endsDiffer(stream, position, kept);
    return { position, chain, last, upTo, hasId: isStored !== null || this.behind.has(firstId) };
  }

  private writeAll(requests: readonly AppendRequest[], heads: readonly Head[]): readonly AppendedStream[] {
    const { upTo, last } = heads[0]!;
    let count = 0;
    for (const { messages } of requests) count += messages.length;
    // The table of ids refuses those that are taken.
    const catchesUp = IndexedEvents.isDue(upTo, last + count);
    let globalPosition = last;
    try {
      const appended = requests.map((request, index) => {
        const appended = this.write(request, heads[index]!, globalPosition, catchesUp);
        globalPosition = appended.globalPosition;
        return appended;
      });
      if (catchesUp) {
        this.indexed.catchUp(upTo, globalPosition);
        this.behind.start(globalPosition);
      }
      return appended;
    } catch (error) {
      throw isUniqueViolation(error) ? new StoredEventId(error) : error;
    }
  }

  private repeated(requests: readonly AppendRequest[]): readonly AppendedStream[] | undefined {
    return repeatedAppend(requests, (id) => this.storedAs(id));
  }

  private storedAs(id: string): StoredEvent | undefined {
    const row = this.selectById.get(id, id);
    // A damaged table of ids can lead to another event.
    if (row?.[5] !== id) return undefined;
    const { stream } = this.streams.named(row[0]);
    return { stream, position: row[1], globalPosition: row[2], type: row[3], data: row[4] };
  }

  private write(request: AppendRequest, head: Head, last: number, catchesUp: boolean): AppendedStream {
    const { stream, category, messages } = request;
    const [number, categoryNumber] = [this.streams.numberFor(request), this.streams.categoryNumberFor(category)];
    let { position, chain } = head;
    let globalPosition = last;
    for (const message of messages) {
      const { id, type, time, data, metadata } = message;
      // The first one of all was looked up with the head.
      if (!catchesUp && globalPosition > head.last && this.isTaken(id))
        throw new StoredEventId(new DamagedTable("event_ids"));
      position++;
      globalPosition++;
      chain = chainAfter(foldText(type, data), chain);
      const seal = sealOf(stream, position, id, chain);
      const checksum = checksumOf(message, category, globalPosition, seal);
      this.insert.run(
        globalPosition,
        number,
        position,
        categoryNumber,
        id,
        type,
        time,
        chain,
        seal,
        checksum,
        data,
        metadata,
      );
      if (!catchesUp) this.behind.add(id, number, position, globalPosition);
    }
    return { stream, version: position, globalPosition };
  }

  private isTaken(id: string): boolean {
    return this.behind.has(id) || this.taken.get(id) !== undefined;
  }
}

/** An event of an append has an id that is stored already: by the same append before, or by another one. */
export class StoredEventId extends Error {
  constructor(override readonly cause: unknown) {
    super("an event's id is stored already");
  }
}

/** What an append to a stream goes on from. */
interface Head {
  /** The position of the stream's last event, -1 before the first. */
  readonly position: number;
  readonly chain: number;
  /** The global position of the last event of all. */
  readonly last: number;
  /** Up to where events are in the tables that repeat the log. */
  readonly upTo: number;
  /** Whether the first event's id is stored already. */
  readonly hasId: boolean;
}

/** What the tables say that repeat the log. */
type TablesRow = readonly [
  upTo: number | null,
  /** The global position of the last event; NULL before the first. */
  last: number | null,
  /** NULL where the table of ids does not have the id. */
  hasId: 1 | null,
  /** NULL where the table of ends does not have the stream. */
  end: number | null,
];

type StoredRow = readonly [
  stream: number,
  position: number,
  globalPosition: number,
  type: string,
  data: string,
  id: string,
];
