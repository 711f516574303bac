import {
  type AppendedStream,
  type AppendRequest,
  ExpectedVersionError,
  foldText,
  repeatedAppend,
  type StoredPlace,
  takenId,
} from "@tidemark/core";
import type { Database } from "better-sqlite3";

import { chainAfter, checksumOf, sealOf } from "./checksums";
import { isUniqueViolation } from "./database-errors";
import { type StreamEnd, StreamEnds } from "./stream-ends";

/** Adds events to streams, inside a transaction that somebody else begins and commits. */
export class EventAppender {
  private readonly ends: StreamEnds;
  private readonly insert;
  private readonly lastGlobalPosition;
  private readonly selectPlace;

  constructor(database: Database) {
    this.ends = new StreamEnds(database);
    this.insert = database.prepare(
      `INSERT INTO events (global_position, stream, position, category, id, type, time, chain, seal, checksum, data, metadata)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.lastGlobalPosition = database.prepare<[], number | null>("SELECT max(global_position) FROM events").pluck();
    this.selectPlace = database
      .prepare<[string], Place>("SELECT stream, position, global_position FROM events WHERE id = ?")
      .raw();
  }

  /**
   * Appends to all streams, or throws and leaves what it has written to be rolled back.
   * @throws ExpectedVersionError; IncorrectUsageError for an id that is stored; what SQLite throws.
   */
  append(requests: readonly AppendRequest[]): readonly AppendedStream[] {
    const ends = requests.map(({ stream }) => this.ends.of(stream));
    const conflict = requests.findIndex(
      ({ expectedVersion }, index) => expectedVersion !== undefined && expectedVersion !== ends[index]!.position,
    );
    if (conflict !== -1) {
      const { stream, expectedVersion: expected = -1 } = requests[conflict]!;
      const repeated = this.repeated(requests);
      if (repeated !== undefined) return repeated;
      throw new ExpectedVersionError({ stream, expected, actual: ends[conflict]!.position });
    }
    const repeated = requests.some(({ expectedVersion }) => expectedVersion === undefined) && this.repeated(requests);
    if (repeated) return repeated;
    try {
      return this.writeAll(requests, ends);
    } catch (error) {
      throw (isUniqueViolation(error) && takenId(requests, (id) => this.placeOf(id) !== undefined)) || error;
    }
  }

  private writeAll(requests: readonly AppendRequest[], ends: readonly StreamEnd[]): readonly AppendedStream[] {
    let globalPosition = this.lastGlobalPosition.get() ?? 0;
    return requests.map((request, index) => {
      const appended = this.write(request, ends[index]!, globalPosition);
      globalPosition = appended.globalPosition;
      return appended;
    });
  }

  private repeated(requests: readonly AppendRequest[]): readonly AppendedStream[] | undefined {
    return repeatedAppend(requests, (id) => this.placeOf(id));
  }

  private placeOf(id: string): StoredPlace | undefined {
    const place = this.selectPlace.get(id);
    return place && { stream: place[0], position: place[1], globalPosition: place[2] };
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

type Place = [stream: string, position: number, globalPosition: number];
