import { ANY_VERSION, headOf, returning } from "./append-statements";
import { bigintArray, integerArray, smallintArray, textArray } from "./binary-arrays";
import type { Parameter, Sharing } from "./work";

const [STREAM, ID] = [0, 4];
const ID_RETURNED = 4;
const MOST = 100;

/**
 * Puts appends of one event each (see `appendOne`) into one statement, and so into one commit. None depends on another: one
 * that is stale has no row in the answer, while the others have theirs. Rows are inserted in the order of the streams, in
 * which all writers wait for each other.
 */
export function sharedAppends(schema: string): Sharing {
  const statement = {
    name: "append_ones",
    text: `
      INSERT INTO ${schema}.events (global_position, time, position, content_checksum, envelope_checksum, slot,
        stream, category, id, type, data, metadata)
      SELECT global_position, time, position, content # position, envelope # (global_position & 2147483647)::integer,
        slot, stream, category, id, type, data, metadata
      FROM (
        SELECT nextval('${schema}.global_positions') AS global_position, head + 1 AS position, single.*
        FROM (
          SELECT m.*, ${headOf("m.stream", schema)} AS head
          FROM unnest($1::text[], $2::text[], $3::smallint[], $4::integer[], $5::text[], $6::text[], $7::bigint[],
            $8::text[], $9::text[], $10::integer[], $11::integer[])
            AS m (stream, category, slot, expected, id, type, time, data, metadata, content, envelope)
          ORDER BY m.stream COLLATE "C" OFFSET 0
        ) AS single
        WHERE (expected = ${ANY_VERSION} OR expected = head)
          AND (SELECT true FROM ${schema}.events e WHERE e.id = single.id LIMIT 1) IS NULL
        OFFSET 0
      ) AS numbered
      ON CONFLICT DO NOTHING
      ${returning(schema)}, id`,
  };
  return {
    statement,
    most: MOST,
    keysOf: (values) => [`stream ${values[STREAM]}`, `id ${values[ID]}`],
    valuesOf: (all) => COLUMNS.map((array, column) => array(all.map((values) => values[column]!))),
    rowsOf: (rows, all) => {
      const byId = new Map(rows.map((row) => [row[ID_RETURNED], [row]]));
      return all.map((values) => byId.get(values[ID] as string) ?? []);
    },
  };
}

type Column = (values: readonly Parameter[]) => Buffer;

const text = textArray as Column;
const integer = integerArray as Column;

/** In the order of `parametersOfOne`. */
const COLUMNS: readonly Column[] = [
  ...[text, text, smallintArray as Column, integer, text, text],
  ...[bigintArray as Column, text, text, integer, integer],
];
