import type { ReadModelStore } from "../../ports/read-model-store";
import type { Row } from "../../ports/table";
import { rowDifferences } from "../row-differences";
import type { RowFolding } from "../row-folding";
import { encodedRow } from "./encoded-row";
import { FoldedRows } from "./folded-rows";
import type { ProjectedEvents } from "./projected-events";
import type { FindRowPositions, RowPositions } from "./row-positions";

interface SecondLookParts {
  readonly attempted: string;
  readonly folding: RowFolding;
  readonly readModels: Pick<ReadModelStore, "rows">;
  readonly events: ProjectedEvents;
  readonly positions: FindRowPositions;
  readonly signal: AbortSignal | undefined;
}

/** A row that seems to differ from the stored one. */
interface Suspect {
  readonly key: string;
  /** The row as it was folded; undefined where the events give none. */
  readonly row: object | undefined;
  /** The position up to which it was folded. */
  readonly position: number;
}

/** A row as it is stored and as its events give it, at the same position. */
interface Verdict {
  readonly key: string;
  readonly stored: Row | undefined;
  readonly expected: Row | undefined;
  readonly isSetAside: boolean;
}

/** How many times a row is looked at that changes all the time. */
const LOOKS = 5;

/**
 * Looks at rows again while events arrive. A row that no event has touched since it was folded is at the same position as the fold. One
 * that changes at every look is compared with all that it was between two positions.
 */
export async function* secondLook(
  parts: SecondLookParts,
  suspects: readonly Suspect[],
): AsyncGenerator<Verdict, void, undefined> {
  const { folding, readModels, events, positions, signal } = parts;
  const foldedTo = new Map(suspects.map(({ key, position }) => [key, position]));
  let changes = new Map<string, (Row | undefined)[]>();
  const rows = new FoldedRows({
    attempted: parts.attempted,
    folding,
    takes: (key) => foldedTo.has(key),
    changed: (key, row) => changes.get(key)!.push(encodedRow(folding, key, row)),
  });
  for (const { key, row } of suspects) rows.put(key, row);
  for (let look = 1; foldedTo.size > 0; look++) {
    const keys = [...foldedTo.keys()];
    const stored = new Map((await readModels.rows(folding.table, keys)).map((row) => [row[0] as string, row]));
    const present = await positions(signal);
    changes = new Map(keys.map((key) => [key, [encodedRow(folding, key, rows.get(key))]]));
    const after = Math.min(...foldedTo.values());
    for await (const page of events.in({ after, to: furthest(present, keys), signal }))
      rows.fold(page, present, (key) => foldedTo.get(key)!);
    for (const key of keys) {
      const was = changes.get(key)!;
      foldedTo.set(key, Math.max(foldedTo.get(key)!, present.of(key)));
      if (was.length > 1 && look < LOOKS) continue;
      const found = stored.get(key);
      // The last one where it equals none of them.
      const expected = was.at(was.findIndex((each) => rowDifferences(folding, key, found, each).length === 0));
      yield { key, stored: found, expected, isSetAside: present.isSetAside(key) };
      foldedTo.delete(key);
    }
  }
}

function furthest(positions: RowPositions, keys: readonly string[]): number {
  return Math.max(...keys.map((key) => positions.of(key)));
}
