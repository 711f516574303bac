import {
  type AppendedStream,
  type AppendRequest,
  ExpectedVersionError,
  foldText,
  IncorrectUsageError,
} from "@tidemark/core";
import type { Database } from "better-sqlite3";

import { chainAfter, checksumOf, sealOf } from "./checksums";
import { type StreamEnd, StreamEnds } from "./stream-ends";

/** Adds events to streams, inside a transaction that somebody else begins and commits. */
export class EventAppender {
  private readonly ends: StreamEnds;
  private readonly insert;
  private readonly lastGlobalPosition;
  private readonly placeOf;

  constructor(database: Database) {
    this.ends = new StreamEnds(database);
    this.insert = database.prepare(
      `INSERT INTO events (global_position, stream, position, category, id, type, time, chain, seal, checksum, data, metadata)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.lastGlobalPosition = database.prepare<[], number | null>("SELECT max(global_position) FROM events").pluck();
    this.placeOf = database
      .prepare<[string], Place>("SELECT stream, position, global_position FROM events WHERE id = ?")
      .raw();
  }

  /**
   * Checks every stream before it writes to any, so that a refusal leaves nothing behind.
   * @throws ExpectedVersionError; IncorrectUsageError for an id that is stored; what SQLite throws, halfway.
   */
  append(requests: readonly AppendRequest[]): readonly AppendedStream[] {
    const ends = requests.map(({ stream }) => this.ends.of(stream));
    const conflict = requests.findIndex(
      ({ expectedVersion }, index) => expectedVersion !== undefined && expectedVersion !== ends[index]!.position,
    );
    if (conflict !== -1) {
      const { stream, expectedVersion: expected = -1 } = requests[conflict]!;
      const repeated = this.appendedBefore(requests);
      if (repeated !== undefined) return repeated;
      throw new ExpectedVersionError({ stream, expected, actual: ends[conflict]!.position });
    }
    let globalPosition = this.lastGlobalPosition.get() ?? 0;
    return requests.map((request, index) => {
      const appended = this.write(request, ends[index]!, globalPosition);
      globalPosition = appended.globalPosition;
      return appended;
    });
  }

  /** The answer of the first time, when every message is stored where these requests would put it. */
  appendedBefore(requests: readonly AppendRequest[]): readonly AppendedStream[] | undefined {
    const appended: AppendedStream[] = [];
    for (const { stream, expectedVersion, messages } of requests) {
      const places = messages.map(({ id }) => this.placeOf.get(id));
      const first = expectedVersion === undefined ? places[0]?.[1] : expectedVersion + 1;
      if (first === undefined) return undefined;
      const repeated = places.every((place, index) => place?.[0] === stream && place[1] === first + index);
      if (!repeated) return undefined;
      const [, version, globalPosition] = places.at(-1)!;
      appended.push({ stream, version, globalPosition });
    }
    return appended;
  }

  /** Looks for the id that made an insert fail. */
  storedId(requests: readonly AppendRequest[]): IncorrectUsageError | undefined {
    for (const { stream, messages } of requests) {
      const stored = messages.find(({ id }) => this.placeOf.get(id) !== undefined);
      if (stored === undefined) continue;
      const message = `Cannot append to stream ${JSON.stringify(stream)}: an event with the id ${JSON.stringify(stored.id)} is stored already`;
      return new IncorrectUsageError(message, { stream, id: stored.id });
    }
    return undefined;
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
