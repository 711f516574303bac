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
import type { Call, Row, Statement } from "./work";

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
   * @returns the answer of the first time, when this append was stored before, as soon as it is as safe as a new one; undefined when the append may be tried again:
   *   another writer was faster, but left no reason to refuse it.
   * @throws ExpectedVersionError, IncorrectUsageError as the port says.
   */
  async explain(requests: readonly AppendRequest[]): Promise<readonly AppendedStream[] | undefined> {
    const ids = requests.flatMap(({ messages }) => messages.map(({ id }) => id));
    const streams = requests.map(({ stream }) => stream);
    const look = { statement: this.statement, values: [textArray(streams), textArray(ids)] };
    const rows = await this.connections.run(APPEND, look.statement, look.values);
    const stored = storedIds(rows);
    if (repeatedAppend(requests, (id) => stored.get(id)) !== undefined) return await this.confirmed(requests, look);
    refuseVersions(requests, heads(rows));
    const taken = takenId(requests, (id) => stored.get(id));
    if (taken !== undefined) throw taken;
    return undefined;
  }

  /**
   * Looks again, and commits a write after that, which waits for the standby to have all that was seen. The first time may have been stored on
   * this server alone: its wait for the standby was given up, or the server crashed during that. Both are one transaction, since another
   * server might answer the second of two.
   */
  private async confirmed(
    requests: readonly AppendRequest[],
    look: Call,
  ): Promise<readonly AppendedStream[] | undefined> {
    const [rows] = await this.connections.runAll(APPEND, [look, { statement: WAIT_FOR_STANDBY, values: [] }]);
    const stored = storedIds(rows!);
    return repeatedAppend(requests, (id) => stored.get(id));
  }
}

/** Writes some bytes to the log of the server, which no replica shows. A transaction that writes nothing there waits for no standby. */
const WAIT_FOR_STANDBY: Statement = {
  name: "wait_for_standby",
  text: "SELECT pg_logical_emit_message(true, 'tidemark', '')::text",
};

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
