import type { AppendRequest } from "@tidemark/core";

import { bigintArray, integerArray, smallintArray, textArray } from "./binary-arrays";
import { contentChecksum, envelopeChecksum } from "./checksums";
import type { Parameter, Statement } from "./connections";
import { slotOf } from "./slot";

/** Stands for an expected version that was not given. */
export const ANY_VERSION = -2;

/**
 * A request that is stale in the statement's own snapshot inserts nothing and draws no numbers. One that races inserts
 * nothing either when the other's row is there first; when that hits only some rows, a division by zero undoes the rest: an
 * error without function, and the only division here.
 *
 * Rows are inserted in the order of their streams, in which all writers wait for each other, and numbered in the order of
 * the request. The statement locks the table before it draws the first number, which `settled-positions.ts` builds on.
 */
export function appendMany(schema: string): Statement {
  return {
    name: "append_many",
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

export function parametersOfMany(requests: readonly AppendRequest[]): Parameter[] {
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

/** What most commands append: one event to one stream, for which the machinery of many costs more than the insert. */
export function appendOne(schema: string): Statement {
  return {
    name: "append_one",
    text: `
      WITH checked AS MATERIALIZED (
        SELECT coalesce((
          SELECT position FROM ${schema}.events WHERE stream = $1 ORDER BY position DESC LIMIT 1
        ), -1) AS head, EXISTS (SELECT FROM ${schema}.events WHERE id = $5) AS ids_known
      ), numbered AS MATERIALIZED (
        SELECT nextval('${schema}.global_positions') AS global_position, head + 1 AS position
        FROM checked WHERE NOT ids_known AND ($4::integer = ${ANY_VERSION} OR $4 = head)
      ), stored AS (
        INSERT INTO ${schema}.events (global_position, time, position, content_checksum, envelope_checksum, slot,
          stream, category, id, type, data, metadata)
        SELECT global_position, $7::bigint, position, $10::integer # position,
          $11::integer # (global_position & 2147483647)::integer, $3::smallint, $1, $2, $5, $6, $8, $9
        FROM numbered
        ON CONFLICT DO NOTHING
        RETURNING global_position
      )
      SELECT NULL, head, (SELECT global_position FROM stored), ids_known, EXISTS (SELECT FROM ${schema}.listeners)
      FROM checked`,
  };
}

export function parametersOfOne(request: AppendRequest): Parameter[] {
  const { stream, category, expectedVersion = ANY_VERSION, messages } = request;
  const { id, type, time, data, metadata } = messages[0]!;
  const checksums = [contentChecksum(stream, type, data), envelopeChecksum(messages[0]!)];
  return [stream, category, slotOf(request), expectedVersion, id, type, time, data, metadata, ...checksums];
}
