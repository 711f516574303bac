import { textArray } from "./binary-arrays";
import type { Parameter, Sharing, Statement } from "./work";

/** The places of the values of `load` that differ between loads that share a statement. */
const [STREAM, SNAPSHOTS] = [0, 3];

/** Fewer than a statement could serve: all of them wait for the longest stream. */
const MOST = 16;

/**
 * Puts loads that wait for a connection into one statement: those that differ in nothing but their streams.
 *
 * @param statement `loads` of `foldStatements`.
 */
export function sharedLoads(statement: Statement): Sharing {
  return {
    statement,
    most: MOST,
    // Any number of them may read the same stream.
    keysOf: () => [],
    valuesOf: (all) => all[0]!.map((value, place) => (isOwn(place) ? ownValues(all, place) : value)),
    rowsOf: (rows, all) => {
      const byNumber = new Map(rows.map(([number, ...row]) => [Number(number), row]));
      return all.map((_, index) => [byNumber.get(index + 1)!]);
    },
  };
}

function isOwn(place: number): boolean {
  return place === STREAM || place === SNAPSHOTS;
}

function ownValues(all: readonly (readonly Parameter[])[], place: number): Buffer {
  return textArray(all.map((values) => values[place] as string));
}
