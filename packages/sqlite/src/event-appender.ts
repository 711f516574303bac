import { ExpectedVersionError } from "@tidemark/core";
import {
  type AppendedStream,
  type AppendRequest,
  foldText,
  repeatedAppend,
  type StoredEvent,
  takenId,
} from "@tidemark/core/adapter";
import { chainAfter, checksumOf, sealOf } from "./checksums";
import { isUniqueViolation } from "./database-errors";
import type { Database } from "./drivers/database";
import { type StreamEnd, StreamEnds } from "./stream-ends";

/** Adds events to streams, inside a transaction that somebody else starts and commits. */
export class EventAppender {
  private readonly ends: StreamEnds;
  private readonly insert;
  private readonly lastGlobalPosition;
  private readonly selectById;

  constructor(database: Database) {
    this.ends = new StreamEnds(database);
    this.insert = database.prepare(
      `INSERT INTO events (global_position, stream, position, category, id, type, time, chain, seal, checksum, data, metadata)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.lastGlobalPosition = database.values<[], number | null>("SELECT max(global_position) FROM events");
    this.selectById = database.rows<[string], StoredRow>(
      "SELECT stream, position, global_position, type, data FROM events WHERE id = ?",
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
    const ends = requests.map(({ stream }) => this.ends.of(stream));
    const conflict = requests.findIndex(
      ({ expectedVersion }, index) => expectedVersion !== undefined && expectedVersion !== ends[index]!.position,
    );
    if (conflict !== -1) {
      const repeated = this.repeated(requests);
      if (repeated !== undefined) return repeated;
      const { stream, expectedVersion: expected = -1 } = requests[conflict]!;
      throw new ExpectedVersionError({ stream, expected, actual: ends[conflict]!.position });
    }
    const appended = this.writeAll(requests, ends);
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

  private writeAll(requests: readonly AppendRequest[], ends: readonly StreamEnd[]): readonly AppendedStream[] {
    let globalPosition = this.lastGlobalPosition.get() ?? 0;
    try {
      return requests.map((request, index) => {
        const appended = this.write(request, ends[index]!, globalPosition);
        globalPosition = appended.globalPosition;
        this.ends.set(request.stream, appended.version);
        return appended;
      });
    } catch (error) {
      throw isUniqueViolation(error) ? new StoredEventId(error) : error;
    }
  }

  private repeated(requests: readonly AppendRequest[]): readonly AppendedStream[] | undefined {
    return repeatedAppend(requests, (id) => this.storedAs(id));
  }

  private storedAs(id: string): StoredEvent | undefined {
    const row = this.selectById.get(id);
    return row && { stream: row[0], position: row[1], globalPosition: row[2], type: row[3], data: row[4] };
  }

  private write(request: AppendRequest, end: StreamEnd, lastGlobalPosition: number): AppendedStream {
    const { stream, category, messages } = request;
    let { position, chain } = end;
    let globalPosition = lastGlobalPosition;
    for (const message of messages) {
      const { id, type, time, data, metadata } = message;
      position++;
      globalPosition++;
      chain = chainAfter(foldText(type, data), chain);
      const seal = sealOf(stream, position, id, chain);
      const checksum = checksumOf(message, category, globalPosition, seal);
      this.insert.run(
        globalPosition,
        stream,
        position,
        category,
        id,
        type,
        time,
        chain,
        seal,
        checksum,
        data,
        metadata,
      );
    }
    return { stream, version: position, globalPosition };
  }
}

/** An event of an append has an id that is stored already: by the same append before, or by another one. */
export class StoredEventId extends Error {
  constructor(override readonly cause: unknown) {
    super("an event's id is stored already");
  }
}

type StoredRow = [stream: string, position: number, globalPosition: number, type: string, data: string];
