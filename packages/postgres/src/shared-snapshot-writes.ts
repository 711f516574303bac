import { bigintArray, integerArray, smallintArray, textArray } from "./binary-arrays";
import type { Parameter, Sharing } from "./work";

/** The length of a record with its state above which a statement for each costs little more. */
export const LONGEST_SHARED = 32_768;
const MOST = 50;
const STREAM = 0;

/**
 * Puts snapshots that wait for a connection into one statement, and so into one commit: those whose state is text and that
 * discard nothing. Streams are locked in the order of the locks, in which all writers wait for each other.
 */
export function sharedSnapshotWrites(schema: string): Sharing {
  const columns = "stream, category, slot, version, schema_version, fingerprint, time, record, state";
  return {
    most: MOST,
    statement: {
      name: "write_snapshots",
      text: `
        SELECT count(${schema}.write_snapshot(${columns}, NULL, checksum, keep, '{}', '{}', '{}'))
        FROM (
          SELECT * FROM unnest($1::text[], $2::text[], $3::smallint[], $4::integer[], $5::integer[], $6::text[],
            $7::bigint[], $8::text[], $9::text[], $10::integer[], $11::bigint[]) AS w (${columns}, checksum, keep)
          ORDER BY hashtext(stream), stream OFFSET 0
        ) AS written`,
    },
    keysOf: (values) => [values[STREAM] as string],
    valuesOf: (all) => COLUMNS.map(([column, array]) => array(all.map((values) => values[column]!))),
    rowsOf: (_, all) => all.map(() => []),
  };
}

type Column = (values: readonly Parameter[]) => Buffer;

const text = textArray as Column;
const integer = integerArray as Column;
const bigint = bigintArray as Column;

/** Where the values of one write stand, in the order of the statement's arrays. */
const COLUMNS: readonly (readonly [number, Column])[] = [
  [0, text],
  [1, text],
  [2, smallintArray as Column],
  [3, integer],
  [4, integer],
  [5, text],
  [6, bigint],
  [7, text],
  [8, text],
  [10, integer],
  [11, bigint],
];
