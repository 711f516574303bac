import type { Row } from "../../ports/table";
import { FoldFailure } from "../fold-failure";
import type { RowFolding } from "../row-folding";

/** The row as it would be stored, without a revision; undefined for a missing one. @throws what keeps it from being stored. */
export function encodedRow(folding: RowFolding, key: string, row: object | undefined): Row | undefined {
  if (row === undefined) return undefined;
  try {
    return folding.encode(key, row, 0);
  } catch (error) {
    throw error instanceof FoldFailure ? error.error : error;
  }
}
