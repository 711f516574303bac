import { type AppendedStream, type AppendRequest, ExpectedVersionError } from "@tidemark/core";
import { DatabaseError } from "pg";

import { AppendRefusal, refuseRepeatedIds } from "./append-refusal";
import { bigintArray, integerArray, smallintArray, textArray } from "./binary-arrays";
import { contentChecksum, envelopeChecksum } from "./checksums";
import type { Connections, Parameter, Row, Statement } from "./connections";
import { slotOf } from "./slot";
import { APPEND, unavailable } from "./unavailable";

const ANY_VERSION = -2;
const DIVISION_BY_ZERO = "22012";
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
  private readonly statement: Statement;
  private readonly refusal: AppendRefusal;

  constructor(
    private readonly connections: Connections,
    schema: string,
    private readonly description: string,
  ) {
    this.statement = appendStatement(schema);
    this.refusal = new AppendRefusal(connections, schema);
  }

  /** @returns what the port says, and whether somebody listens for new events. */
  async append(requests: readonly AppendRequest[]): Promise<{ appended: readonly AppendedStream[]; heard: boolean }> {
    refuseRepeatedIds(requests);
    const values = parametersOf(requests);
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const outcome = await this.attempt(values);
      if (outcome !== undefined) {
        const [, , last, , heard] = outcome[0]!;
        if (last !== null) return { appended: appendedOf(requests, outcome), heard: heard === "t" };
        this.refuseStale(requests, outcome);
      }
      const before = await this.refusal.explain(requests);
      if (before !== undefined) return { appended: before, heard: false };
    }
    throw unavailable(APPEND, this.description, new Error("other writers were always first"));
  }

  /** @returns undefined when others stored some of the positions in the meantime, so that nothing was stored here. */
  private async attempt(values: readonly Parameter[]): Promise<readonly Row[] | undefined> {
    try {
      return await this.connections.perform(this.statement, values);
    } catch (error) {
      const code = error instanceof DatabaseError ? error.code : undefined;
      if (code === DIVISION_BY_ZERO || code === DEADLOCK) return undefined;
      throw unavailable(APPEND, this.description, error);
    }
  }

  /** Spares the look at what is stored when the statement has told all there is to say. */
  private refuseStale(requests: readonly AppendRequest[], outcome: readonly Row[]): void {
    for (const [index, { stream, expectedVersion: expected = ANY_VERSION }] of requests.entries()) {
      const [, head, , idsKnown] = outcome[index]!;
      const actual = Number(head);
      if (idsKnown === "t") return;
      if (expected !== ANY_VERSION && expected !== actual) throw new ExpectedVersionError({ stream, expected, actual });
    }
  }
}

function parametersOf(requests: readonly AppendRequest[]): Parameter[] {
  const messages = requests.flatMap((request) => request.messages);
  const numbers = requests.flatMap((request, index) => request.messages.map(() => index + 1));
  const places = requests.flatMap((request) => request.messages.map((_, index) => index + 1));
  const contents = requests.flatMap(({ stream, messages }) =>
    messages.map(({ type, data }) => contentChecksum(stream, type, data)),
  );
  return [
    textArray(requests.map(({ stream }) => stream)),
    textArray(requests.map(({ category }) => category)),
    smallintArray(requests.map(slotOf)),
    integerArray(requests.map(({ expectedVersion = ANY_VERSION }) => expectedVersion)),
    integerArray(numbers),
    integerArray(places),
    textArray(messages.map(({ id }) => id)),
    textArray(messages.map(({ type }) => type)),
    bigintArray(messages.map(({ time }) => time)),
    textArray(messages.map(({ data }) => data)),
    textArray(messages.map(({ metadata }) => metadata)),
    integerArray(contents),
    integerArray(messages.map(envelopeChecksum)),
  ];
}

function appendedOf(requests: readonly AppendRequest[], outcome: readonly Row[]): AppendedStream[] {
  return requests.map(({ stream, messages }, index) => {
    const [, head, last] = outcome[index]!;
    return { stream, version: Number(head) + messages.length, globalPosition: Number(last) };
  });
}

/**
 * A request that is stale in the statement's own snapshot inserts nothing and draws no numbers. One that races inserts
 * nothing either when the other's row is there first; when that hits only some rows, a division by zero undoes the rest: an
 * error without function, and the only division here.
 *
 * Rows are inserted in the order of their streams, in which all writers wait for each other, and numbered in the order of
 * the request. The statement locks the table before it draws the first number, which `settled-positions.ts` builds on.
 */
function appendStatement(schema: string): Statement {
  return {
    name: "append",
    text: `
      WITH streams AS MATERIALIZED (
        SELECT s.*, coalesce((
          SELECT e.position FROM ${schema}.events e WHERE e.stream = s.stream ORDER BY e.position DESC LIMIT 1
        ), -1) AS head
        FROM unnest($1::text[], $2::text[], $3::smallint[], $4::integer[]) WITH ORDINALITY
          AS s (stream, category, slot, expected, number)
      ), checked AS MATERIALIZED (
        SELECT
          EXISTS (SELECT FROM unnest($7::text[]) AS m (id) JOIN ${schema}.events e ON e.id = m.id) AS ids_known,
          EXISTS (SELECT FROM streams WHERE expected <> ${ANY_VERSION} AND expected <> head) AS stale
      ), numbered AS MATERIALIZED (
        SELECT nextval('${schema}.global_positions') AS global_position, ordered.*
        FROM (
          SELECT s.stream, s.category, s.slot, s.head + m.place AS position, m.*
          FROM unnest($5::integer[], $6::integer[], $7::text[], $8::text[], $9::bigint[], $10::text[], $11::text[],
            $12::integer[], $13::integer[]) WITH ORDINALITY
            AS m (number, place, id, type, time, data, metadata, content, envelope, ordinal)
          JOIN streams s ON s.number = m.number
          WHERE (SELECT NOT ids_known AND NOT stale FROM checked)
          ORDER BY m.ordinal
        ) ordered
      ), stored AS (
        INSERT INTO ${schema}.events (global_position, time, position, content_checksum, envelope_checksum, slot,
          stream, category, id, type, data, metadata)
        SELECT global_position, time, position, content # position, envelope # (global_position & 2147483647)::integer,
          slot, stream, category, id, type, data, metadata
        FROM numbered ORDER BY stream COLLATE "C", position
        ON CONFLICT DO NOTHING
        RETURNING stream, global_position
      ), lasts AS (
        SELECT stream, max(global_position) AS last, count(*) AS rows FROM stored GROUP BY stream
      )
      SELECT
        1 / CASE WHEN (SELECT sum(rows) FROM lasts) < cardinality($7::text[]) THEN 0 ELSE 1 END,
        s.head, l.last, c.ids_known, EXISTS (SELECT FROM ${schema}.listeners)
      FROM streams s CROSS JOIN checked c LEFT JOIN lasts l ON l.stream = s.stream COLLATE "C"
      ORDER BY s.number`,
  };
}
