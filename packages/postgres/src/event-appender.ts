import { type AppendedStream, type AppendRequest, takenId } from "@tidemark/core";
import { DatabaseError } from "pg";

import { AppendRefusal } from "./append-refusal";
import {
  appendOne,
  appendToStream,
  appendToStreams,
  parametersOfOne,
  parametersOfStream,
  parametersOfStreams,
} from "./append-statements";
import type { Connections } from "./connections";
import type { Parameter, Row, Sharing, Statement } from "./pooled-connection";
import { sharedAppends } from "./shared-appends";
import { APPEND, unavailable } from "./unavailable";

const UNIQUE_VIOLATION = "23505";
const DEADLOCK = "40P01";

/** Writers that name no version give way to one another; each round one of them gets through. */
const MAX_ROUNDS = 1_000;

/**
 * Appends any number of events to any number of streams in one round trip, in a statement that commits itself.
 *
 * No lock is taken and held through the commit: writers of different streams share its flush. The primary key on
 * (stream, position) is the judge between writers of the same stream.
 */
export class EventAppender {
  private readonly one: Statement;
  private readonly toStream: Statement;
  private readonly toStreams: Statement;
  private readonly sharing: Sharing;
  private readonly refusal: AppendRefusal;

  constructor(
    private readonly connections: Connections,
    schema: string,
    private readonly description: string,
  ) {
    this.one = appendOne(schema);
    this.toStream = appendToStream(schema);
    this.toStreams = appendToStreams(schema);
    this.sharing = sharedAppends(schema);
    this.refusal = new AppendRefusal(connections, schema);
  }

  /** @returns what the port says, and whether somebody listens for new events. */
  async append(requests: readonly AppendRequest[]): Promise<{ appended: readonly AppendedStream[]; heard: boolean }> {
    const twice = requests.length > 1 || requests[0]!.messages.length > 1 ? takenId(requests, () => false) : undefined;
    if (twice !== undefined) throw twice;
    const [statement, values] = this.prepared(requests);
    const sharing = statement === this.one ? this.sharing : undefined;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const rows = await this.attempt(statement, values, sharing);
      if (rows.length > 0) return { appended: appendedOf(requests, rows), heard: rows[0]![3] === "t" };
      const before = await this.refusal.explain(requests);
      if (before !== undefined) return { appended: before, heard: false };
    }
    throw unavailable(APPEND, this.description, new Error("other writers were always first"));
  }

  private prepared(requests: readonly AppendRequest[]): readonly [Statement, readonly Parameter[]] {
    const [request, ...others] = requests;
    if (others.length > 0) return [this.toStreams, parametersOfStreams(requests)];
    if (request!.messages.length > 1) return [this.toStream, parametersOfStream(request!)];
    return [this.one, parametersOfOne(request!)];
  }

  /** @returns a row for each event; none when the request is refused, or when another writer was there first. */
  private attempt(
    statement: Statement,
    values: readonly Parameter[],
    sharing: Sharing | undefined,
  ): Promise<readonly Row[]> {
    return this.connections.perform(statement, values, sharing).catch((error: unknown) => {
      const code = error instanceof DatabaseError ? error.code : undefined;
      if (code === UNIQUE_VIOLATION || code === DEADLOCK) return [];
      throw unavailable(APPEND, this.description, error);
    });
  }
}

/** @param rows each stream's in the order of its positions. */
function appendedOf(requests: readonly AppendRequest[], rows: readonly Row[]): AppendedStream[] {
  if (requests.length === 1) return [appendedAs(requests[0]!.stream, rows.at(-1)!)];
  const lasts = new Map(rows.map((row) => [row[0]!, row]));
  return requests.map(({ stream }) => appendedAs(stream, lasts.get(stream)!));
}

function appendedAs(stream: string, [, version, globalPosition]: Row): AppendedStream {
  return { stream, version: Number(version), globalPosition: Number(globalPosition) };
}
