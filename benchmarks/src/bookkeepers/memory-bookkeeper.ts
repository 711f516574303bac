import type { MemoryTeller } from "../tellers/memory-teller";
import type { AccountRow } from "./account-row";
import { BATCH, type Bookkeeper, REBUILD_BATCH, type Totals } from "./bookkeeper";
import { foldRow, type PlainRow } from "./plain-row";

/** Hand-written: a map of rows. The rows of a batch are copies, which replace the stored ones together with the checkpoint. */
export class MemoryBookkeeper implements Bookkeeper {
  private rows = new Map<string, AccountRow>();
  private checkpoint = 0;

  constructor(readonly teller: MemoryTeller) {}

  catchUp(): void {
    for (;;) {
      const events = this.teller.eventsBehind(this.checkpoint, BATCH);
      if (events.length === 0) return;
      const changed = new Map<string, PlainRow>();
      for (const { accountId, type, data } of events) {
        const stored = changed.get(accountId) ?? this.rows.get(accountId);
        const row = changed.has(accountId) ? (stored as PlainRow) : stored && { ...stored };
        changed.set(accountId, foldRow(row, accountId, type, data));
      }
      for (const [accountId, row] of changed) this.rows.set(accountId, row);
      this.checkpoint += events.length;
    }
  }

  rebuild(): void {
    const rows = new Map<string, PlainRow>();
    let position = 0;
    for (;;) {
      const events = this.teller.eventsBehind(position, REBUILD_BATCH);
      if (events.length === 0) break;
      for (const { accountId, type, data } of events)
        rows.set(accountId, foldRow(rows.get(accountId), accountId, type, data));
      position += events.length;
    }
    this.rows = rows;
    this.checkpoint = position;
  }

  serve(): void {}

  row(accountId: string): AccountRow {
    const row = this.rows.get(accountId);
    if (row === undefined) throw new Error(`${accountId} has no row`);
    return row;
  }

  currentRow(accountId: string): AccountRow {
    this.catchUp();
    return this.row(accountId);
  }

  rowFromAfar(): never {
    throw new Error("no other process has this memory");
  }

  ofBranch(branch: number): readonly AccountRow[] {
    return [...this.rows.values()].filter((row) => row.branch === branch);
  }

  totals(): Totals {
    let balance = 0;
    for (const row of this.rows.values()) balance += row.balance;
    return { rows: this.rows.size, balance };
  }

  close(): void {
    this.teller.close();
  }
}
