import type { AppendRequest } from "@tidemark/core/adapter";

import { LISTENER_SECONDS } from "./append-listener";
import { bigintArray, integerArray, smallintArray, textArray } from "./binary-arrays";
import { contentChecksum, envelopeChecksum } from "./checksums";
import { asPosition } from "./event-rows";
import { slotOf } from "./slot";
import type { Parameter, Statement } from "./work";

/** Stands for an expected version that was not given. */
export const ANY_VERSION = -2;

/*
 * Each of these statements returns a row for each event that it inserted. Where a version is stale, or an id known in its
 * snapshot, it inserts nothing and draws no number. Numbers are drawn after the statement has locked the table;
 * `settled-positions.ts` relies on that. `OFFSET 0` keeps the planner from computing several times what is computed once.
 */

/**
 * Appends one event to one stream, as most commands do: the statement for several costs more. When another writer's event
 * is there first, it inserts nothing.
 */
export function appendOne(schema: string): Statement {
  return {
    name: "append_one",
    text: `
      INSERT INTO ${schema}.events (global_position, time, position, content_checksum, envelope_checksum, slot,
        stream, category, id, type, data, metadata)
      SELECT global_position, $7::bigint, position, $10::integer # position,
        $11::integer # (global_position & 2147483647)::integer, $3::smallint, $1, $2, $5, $6, $8, $9
      FROM (
        SELECT nextval('${schema}.global_positions') AS global_position, head + 1 AS position
        FROM (SELECT ${headOf("$1", schema)} AS head OFFSET 0) AS stream
        WHERE ($4::integer = ${ANY_VERSION} OR $4 = head) AND NOT EXISTS (SELECT FROM ${schema}.events WHERE id = $5)
        OFFSET 0
      ) AS numbered
      ON CONFLICT DO NOTHING
      ${returning(schema)}`,
  };
}

export function parametersOfOne(request: AppendRequest): Parameter[] {
  const { stream, category, expectedVersion = ANY_VERSION, messages } = request;
  const { id, type, time, data, metadata } = messages[0]!;
  const checksums = [contentChecksum(stream, type, data), envelopeChecksum(messages[0]!)];
  return [stream, category, slotOf(request), asPosition(expectedVersion), id, type, time, data, metadata, ...checksums];
}

/** Appends several events to one stream. When another writer's event is there first, the unique key's error undoes them all. */
export function appendToStream(schema: string): Statement {
  return {
    name: "append_to_stream",
    text: `
      INSERT INTO ${schema}.events (global_position, time, position, content_checksum, envelope_checksum, slot,
        stream, category, id, type, data, metadata)
      SELECT global_position, time, position, content # position, envelope # (global_position & 2147483647)::integer,
        $3::smallint, $1, $2, id, type, data, metadata
      FROM (
        SELECT nextval('${schema}.global_positions') AS global_position, head + place::integer AS position, m.*
        FROM (
          SELECT ${headOf("$1", schema)} AS head, EXISTS (
            SELECT FROM unnest($5::text[]) AS m (id) JOIN ${schema}.events e ON e.id = m.id
          ) AS ids_known OFFSET 0
        ) AS stream, unnest($5::text[], $6::text[], $7::bigint[], $8::text[], $9::text[], $10::integer[],
          $11::integer[]) WITH ORDINALITY AS m (id, type, time, data, metadata, content, envelope, place)
        WHERE ($4::integer = ${ANY_VERSION} OR $4 = head) AND NOT ids_known
        OFFSET 0
      ) AS numbered
      ${returning(schema)}`,
  };
}

export function parametersOfStream(request: AppendRequest): Parameter[] {
  const { stream, category, expectedVersion = ANY_VERSION, messages } = request;
  return [
    ...[stream, category, slotOf(request), asPosition(expectedVersion)],
    textArray(messages.map(({ id }) => id)),
    textArray(messages.map(({ type }) => type)),
    bigintArray(messages.map(({ time }) => time)),
    textArray(messages.map(({ data }) => data)),
    textArray(messages.map(({ metadata }) => metadata)),
    integerArray(messages.map(({ type, data }) => contentChecksum(stream, type, data))),
    integerArray(messages.map(envelopeChecksum)),
  ];
}

/**
 * Appends to several streams. Rows are inserted in the order of the streams, in which all writers wait for each other, and
 * numbered in the order of the request.
 */
export function appendToStreams(schema: string): Statement {
  return {
    name: "append_to_streams",
    text: `
      WITH streams AS MATERIALIZED (
        SELECT s.*, ${headOf("s.stream", schema)} AS head
        FROM unnest($1::text[], $2::text[], $3::smallint[], $4::integer[]) WITH ORDINALITY
          AS s (stream, category, slot, expected, number)
      )
      INSERT INTO ${schema}.events (global_position, time, position, content_checksum, envelope_checksum, slot,
        stream, category, id, type, data, metadata)
      SELECT global_position, time, position, content # position, envelope # (global_position & 2147483647)::integer,
        slot, stream, category, id, type, data, metadata
      FROM (
        SELECT nextval('${schema}.global_positions') AS global_position, ordered.*
        FROM (
          SELECT s.stream, s.category, s.slot, s.head + m.place AS position, m.*
          FROM unnest($5::integer[], $6::integer[], $7::text[], $8::text[], $9::bigint[], $10::text[], $11::text[],
            $12::integer[], $13::integer[]) WITH ORDINALITY
            AS m (number, place, id, type, time, data, metadata, content, envelope, ordinal)
          JOIN streams s ON s.number = m.number
          WHERE NOT EXISTS (SELECT FROM streams WHERE expected <> ${ANY_VERSION} AND expected <> head)
            AND NOT EXISTS (SELECT FROM unnest($7::text[]) AS m (id) JOIN ${schema}.events e ON e.id = m.id)
          ORDER BY m.ordinal
        ) AS ordered
      ) AS numbered
      ORDER BY stream COLLATE "C", position
      ${returning(schema)}`,
  };
}

export function parametersOfStreams(requests: readonly AppendRequest[]): Parameter[] {
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
    integerArray(requests.map(({ expectedVersion = ANY_VERSION }) => asPosition(expectedVersion))),
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

/** Makes an error, which undoes the whole transaction, of an append that inserts nothing. */
export function orRefused({ name, text }: Statement, schema: string): Statement {
  return {
    name: `${name}_or_refused`,
    text: `
      WITH appended (stream, position, global_position, is_heard) AS (${text})
      SELECT * FROM appended
      UNION ALL
      SELECT NULL, NULL, NULL, ${schema}.refuse('{"kind":"append"}') WHERE NOT EXISTS (SELECT FROM appended)`,
  };
}

/** The position of a stream's last event, -1 where there is none. */
export function headOf(stream: string, schema: string): string {
  return `coalesce((SELECT position FROM ${schema}.events WHERE stream = ${stream} ORDER BY position DESC LIMIT 1), -1)`;
}

/** The last column says whether anybody listens for new events. */
export function returning(schema: string): string {
  const listeners = `SELECT FROM ${schema}.listeners WHERE seen > now() - interval '${LISTENER_SECONDS} seconds'`;
  return `RETURNING stream, position, global_position, EXISTS (${listeners})`;
}
