import { type AppendedStream, type AppendRequest, ExpectedVersionError, IncorrectUsageError } from "@tidemark/core";

import { textArray } from "./binary-arrays";
import type { Connections, Row, Statement } from "./connections";
import { APPEND } from "./unavailable";

interface StoredId {
  readonly stream: string;
  readonly position: number;
  readonly globalPosition: number;
}

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
   * @returns the first time's answer, when this append was stored before; undefined when another writer was merely
   *   quicker and nothing speaks against trying again.
   * @throws ExpectedVersionError, IncorrectUsageError as the port says.
   */
  async explain(requests: readonly AppendRequest[]): Promise<readonly AppendedStream[] | undefined> {
    const ids = requests.flatMap(({ messages }) => messages.map(({ id }) => id));
    const streams = requests.map(({ stream }) => stream);
    const rows = await this.connections.run(APPEND, this.statement, [textArray(streams), textArray(ids)]);
    const stored = storedIds(rows);
    const before = appendedBefore(requests, stored);
    if (before !== undefined) return before;
    refuseVersions(requests, heads(rows));
    refuseIds(requests, stored);
    return undefined;
  }
}

/** @throws IncorrectUsageError when one append holds an id twice. */
export function refuseRepeatedIds(requests: readonly AppendRequest[]): void {
  if (requests.length === 1 && requests[0]!.messages.length === 1) return;
  const ids = new Set<string>();
  for (const { stream, messages } of requests) {
    for (const { id } of messages) {
      if (ids.has(id)) throw idStored(stream, id);
      ids.add(id);
    }
  }
}

/** The answer of the first time, when every message of these requests is stored where they would put it. */
function appendedBefore(
  requests: readonly AppendRequest[],
  stored: ReadonlyMap<string, StoredId>,
): readonly AppendedStream[] | undefined {
  const appended: AppendedStream[] = [];
  for (const { stream, expectedVersion, messages } of requests) {
    const found = messages.map(({ id }) => stored.get(id));
    const first = expectedVersion === undefined ? found[0]?.position : expectedVersion + 1;
    if (first === undefined) return undefined;
    if (!found.every((each, index) => each?.stream === stream && each.position === first + index)) return undefined;
    const { position: version, globalPosition } = found.at(-1)!;
    appended.push({ stream, version, globalPosition });
  }
  return appended;
}

function refuseVersions(requests: readonly AppendRequest[], heads: ReadonlyMap<string, number>): void {
  for (const { stream, expectedVersion } of requests) {
    const actual = heads.get(stream) ?? -1;
    if (expectedVersion !== undefined && expectedVersion !== actual) {
      throw new ExpectedVersionError({ stream, expected: expectedVersion, actual });
    }
  }
}

function refuseIds(requests: readonly AppendRequest[], stored: ReadonlyMap<string, StoredId>): void {
  for (const { stream, messages } of requests) {
    const known = messages.find(({ id }) => stored.has(id));
    if (known !== undefined) throw idStored(stream, known.id);
  }
}

function idStored(stream: string, id: string): IncorrectUsageError {
  const message = `Cannot append to stream ${JSON.stringify(stream)}: an event with the id ${JSON.stringify(id)} is stored already`;
  return new IncorrectUsageError(message, { stream, id });
}

function heads(rows: readonly Row[]): ReadonlyMap<string, number> {
  return new Map(rows.filter(([id]) => id === null).map(([, stream, position]) => [stream!, Number(position)]));
}

function storedIds(rows: readonly Row[]): ReadonlyMap<string, StoredId> {
  const stored = new Map<string, StoredId>();
  for (const [id, stream, position, globalPosition] of rows) {
    if (id == null) continue;
    stored.set(id, { stream: stream!, position: Number(position), globalPosition: Number(globalPosition) });
  }
  return stored;
}

/** The ends of the streams, and wherever one of the ids is stored. */
function lookStatement(schema: string): Statement {
  return {
    name: "look_for_append",
    text: `
      SELECT NULL, s.stream, coalesce((
        SELECT e.position FROM ${schema}.events e WHERE e.stream = s.stream ORDER BY e.position DESC LIMIT 1
      ), -1), NULL
      FROM unnest($1::text[]) AS s (stream)
      UNION ALL
      SELECT e.id, e.stream, e.position, e.global_position
      FROM unnest($2::text[]) AS m (id) JOIN ${schema}.events e ON e.id = m.id`,
  };
}
