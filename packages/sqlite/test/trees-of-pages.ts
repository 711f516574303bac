import { inFile } from "./driver-under-test";

export const PAGE_SIZE = 4096;

const INTERIOR = [2, 5];
const INTERIOR_HEADER = 12;
const LEAF_HEADER = 8;

/** The pages of a table or an index, its root first, as the file format has them; not every SQLite has the table `dbstat`. */
export function pagesOf(path: string, bytes: Buffer, structure: string): number[] {
  const root = inFile(path, (database) =>
    database.values<[string], number>("SELECT rootpage FROM sqlite_schema WHERE name = ?").get(structure),
  );
  if (root === undefined) throw new Error(`the file has no ${structure}`);
  return pagesBelow(bytes, root);
}

function pagesBelow(bytes: Buffer, page: number): number[] {
  const start = startOf(page);
  if (!isInterior(bytes, page)) return [page];
  const cells = cellsOf(bytes, page).map((cell) => start + cell);
  return [page, ...[start + LEAF_HEADER, ...cells].flatMap((at) => pagesBelow(bytes, bytes.readUInt32BE(at)))];
}

/** Where the entries of a page lie in it, in their order. */
export function cellsOf(bytes: Buffer, page: number): number[] {
  const pointers = pointersOf(bytes, page);
  return Array.from({ length: bytes.readUInt16BE(startOf(page) + 3) }, (_, cell) =>
    bytes.readUInt16BE(pointers + 2 * cell),
  );
}

/** The same bytes with the entries of a page in another order. */
export function withCells(bytes: Buffer, page: number, cells: readonly number[]): Buffer {
  const copy = Buffer.from(bytes);
  for (const [index, cell] of cells.entries()) copy.writeUInt16BE(cell, pointersOf(bytes, page) + 2 * index);
  return copy;
}

export function startOf(page: number): number {
  return (page - 1) * PAGE_SIZE;
}

function isInterior(bytes: Buffer, page: number): boolean {
  return INTERIOR.includes(bytes[startOf(page)]!);
}

function pointersOf(bytes: Buffer, page: number): number {
  return startOf(page) + (isInterior(bytes, page) ? INTERIOR_HEADER : LEAF_HEADER);
}
