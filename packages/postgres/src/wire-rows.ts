import type { Row, RowCollector } from "./work";

/** Rows are on the wire as the number of their columns, then each column's length and bytes. */
const [COUNT_BYTES, LENGTH_BYTES] = [2, 4];
const NULL = -1;

/** Reads all columns of a row. @param at where their number is. */
export function columnsOf(bytes: Buffer, at: number): Row {
  const columns: (string | null)[] = [];
  let next = at + COUNT_BYTES;
  for (let left = bytes.readInt16BE(at); left > 0; left--) {
    const start = next + LENGTH_BYTES;
    const length = bytes.readInt32BE(next);
    next = start + Math.max(length, 0);
    columns.push(length === NULL ? null : bytes.toString("utf8", start, next));
  }
  return columns;
}

/** Makes a row as it is on the wire, from its number of columns on. */
export function wireRow(row: Row): Buffer {
  const columns = row.map((column) => {
    const text = Buffer.from(column ?? "");
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeInt32BE(column === null ? NULL : text.length);
    return Buffer.concat([length, text]);
  });
  const count = Buffer.alloc(COUNT_BYTES);
  count.writeInt16BE(row.length);
  return Buffer.concat([count, ...columns]);
}

/** Collects the last row, and reads no column of the others. */
export class LastRow implements RowCollector {
  private bytes: Buffer | undefined;
  private at = 0;

  begin(): void {
    this.bytes = undefined;
  }

  add(bytes: Buffer, at: number): void {
    this.bytes = bytes;
    this.at = at;
  }

  /** @returns the row in a list; an empty list where there is none. */
  rows(): readonly Row[] {
    return this.bytes === undefined ? [] : [columnsOf(this.bytes, this.at)];
  }
}
