import { ExpectedVersionError } from "@tidemark/core";
import {
  type AppendedStream,
  type AppendRequest,
  repeatedAppend,
  type StoredEvent,
  takenId,
} from "@tidemark/core/adapter";

import { textArray } from "./binary-arrays";
import type { Connections } from "./connections";
import { APPEND } from "./unavailable";
import type { Row, Statement } from "./work";

/** Finds out why an append stored nothing. */
export class AppendRefusal {
  private readonly statement: Statement;

  constructor(
    private readonly connections: Connections,
    schema: string,
  ) {
    this.statement = lookStatement(schema);
  }

  /**
   * @returns the answer of the first time, when this append was stored before; undefined when the append may be tried again:
   *   another writer was faster, but left no reason to refuse it.
   * @throws ExpectedVersionError, IncorrectUsageError as the port says.
   */
  async explain(requests: readonly AppendRequest[]): Promise<readonly AppendedStream[] | undefined> {
    const ids = requests.flatMap(({ messages }) => messages.map(({ id }) => id));
    const streams = requests.map(({ stream }) => stream);
    const rows = await this.connections.run(APPEND, this.statement, [textArray(streams), textArray(ids)]);
    const stored = storedIds(rows);
    const before = repeatedAppend(requests, (id) => stored.get(id));
    if (before !== undefined) return before;
    refuseVersions(requests, heads(rows));
    const taken = takenId(requests, (id) => stored.get(id));
    if (taken !== undefined) throw taken;
    return undefined;
  }
}

function refuseVersions(requests: readonly AppendRequest[], heads: ReadonlyMap<string, number>): void {
  for (const { stream, expectedVersion } of requests) {
    const actual = heads.get(stream) ?? -1;
    if (expectedVersion !== undefined && expectedVersion !== actual) {
      throw new ExpectedVersionError({ stream, expected: expectedVersion, actual });
    }
  }
}

function heads(rows: readonly Row[]): ReadonlyMap<string, number> {
  return new Map(rows.filter(([id]) => id === null).map(([, stream, position]) => [stream!, Number(position)]));
}

function storedIds(rows: readonly Row[]): ReadonlyMap<string, StoredEvent> {
  const stored = new Map<string, StoredEvent>();
  for (const [id, stream, position, globalPosition, type, data] of rows) {
    if (id == null) continue;
    const place = { stream: stream!, position: Number(position), globalPosition: Number(globalPosition) };
    stored.set(id, { ...place, type: type!, data: data! });
  }
  return stored;
}

/** Finds the ends of the streams, and the event that has each of the ids. */
function lookStatement(schema: string): Statement {
  return {
    name: "look_for_append",
    text: `
      SELECT NULL, s.stream, coalesce((
        SELECT e.position FROM ${schema}.events e WHERE e.stream = s.stream ORDER BY e.position DESC LIMIT 1
      ), -1), NULL, NULL, NULL
      FROM unnest($1::text[]) AS s (stream)
      UNION ALL
      SELECT e.id, e.stream, e.position, e.global_position, e.type, e.data
      FROM unnest($2::text[]) AS m (id) JOIN ${schema}.events e ON e.id = m.id`,
  };
}
