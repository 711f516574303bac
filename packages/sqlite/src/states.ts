import { refusedState, type StoredState, type StreamPage, type StreamRef } from "@tidemark/core/adapter";
import { refuseDisorder } from "./ascending-pages";
import { stateChecksum } from "./checksums";
import { DamagedTable } from "./database-errors";
import type { Database } from "./drivers/database";
import { damagedRow } from "./event-rows";
import { categoryOf } from "./event-streams";

/**
 * The states of aggregates that are stored as they are. Every row is proved by its checksum.
 *
 * Two indexes find a state. Damage can hide it from one of them, or lead from there to the row of another: neither may pass for a state that
 * was never stored.
 */
export class States {
  private readonly select;
  private readonly selectPage;
  private readonly byCategory;
  private readonly insert;
  private readonly update;
  private readonly deleteOne;

  constructor(database: Database) {
    this.select = database.rows<[string], StateRow>(`SELECT ${STATE_COLUMNS} FROM states WHERE stream = ?`);
    this.selectPage = database.rows<[string, string, number], StateRow>(
      `SELECT ${STATE_COLUMNS} FROM states WHERE category = ? AND stream > ? ORDER BY stream LIMIT ?`,
    );
    const byCategory = "SELECT 1 FROM states INDEXED BY states_by_category WHERE category = ? AND stream = ?";
    this.byCategory = database.values<[string, string], number>(byCategory);
    this.insert = database.prepare<[...StateRow, ...ofIndex: [category: string, stream: string]]>(
      `INSERT INTO states (${STATE_COLUMNS}) SELECT ?, ?, ?, ?, ? WHERE NOT EXISTS (${byCategory}) ON CONFLICT DO NOTHING`,
    );
    // The column with a plus is that of the row, to whichever one a damaged index has led.
    const one = "WHERE stream = ? AND version = ? AND +stream = ?";
    this.update = database.prepare<[number, number, string, ...StateAt]>(
      `UPDATE states SET version = ?, checksum = ?, data = ? ${one}`,
    );
    this.deleteOne = database.prepare<StateAt>(`DELETE FROM states ${one}`);
  }

  /** @throws DeserializationError for a damaged row; DamagedTable */
  load(stream: string): StoredState | undefined {
    const row = this.find(stream);
    return row && stateIn(row);
  }

  /** As `load`. */
  loadAll(streams: readonly StreamRef[]): readonly StoredState[] {
    const names = new Set(streams.map(({ stream }) => stream));
    return Array.from(names, (stream) => this.load(stream)).filter((state) => state !== undefined);
  }

  /** @throws DeserializationError for a damaged row; DamagedTable */
  list(category: string, { after = "", limit }: StreamPage): readonly StoredState[] {
    const states = Array.from(this.selectPage.all(category, after, limit), (row) => {
      if (row[1] !== category) throw new DamagedTable("states");
      return stateIn(row);
    });
    refuseDisorder(
      "states",
      after,
      states.map(({ stream }) => stream),
    );
    return states;
  }

  /** @throws ExpectedVersionError for a state at another version; DamagedTable */
  put(state: StoredState, expectedVersion: number): void {
    const { stream, category, version, data } = state;
    const checksum = stateChecksum(state);
    const { changes } =
      expectedVersion === -1
        ? this.insert.run(stream, category, version, checksum, data, category, stream)
        : this.update.run(version, checksum, data, stream, expectedVersion, stream);
    if (changes === 0) throw this.refusal(stream, expectedVersion);
  }

  /** @throws ExpectedVersionError for a state at another version; DamagedTable */
  delete(stream: string, expectedVersion: number): void {
    if (this.deleteOne.run(stream, expectedVersion, stream).changes === 1) return;
    if (expectedVersion !== -1 || this.find(stream) !== undefined) throw this.refusal(stream, expectedVersion);
  }

  /** The error for a state that is not at the version that was expected; -1 is for one that is not there. */
  private refusal(stream: string, expected: number): Error {
    const actual = this.find(stream)?.[2] ?? -1;
    return actual === expected ? new DamagedTable("states") : refusedState(stream, expected, actual);
  }

  private find(stream: string): StateRow | undefined {
    let row = this.select.get(stream);
    // Of just now, or hidden from the first index.
    if (row === undefined && this.byCategory.get(categoryOf(stream), stream) !== undefined) {
      row = this.select.get(stream);
      if (row === undefined) throw new DamagedTable("states");
    }
    if (row !== undefined && row[0] !== stream) throw new DamagedTable("states");
    return row;
  }
}

type StateAt = [stream: string, version: number, again: string];

/** In the order of `StateRow`. */
export const STATE_COLUMNS = "stream, category, version, checksum, data";

export type StateRow = [stream: string, category: string, version: number, checksum: number, data: string];

/** @throws DeserializationError for a damaged row. */
function stateIn(row: StateRow): StoredState {
  const [stream, category, version, , data] = row;
  if (isDamagedState(row)) throw damagedRow(stream, version);
  return { stream, category, version, data };
}

export function isDamagedState([stream, category, version, checksum, data]: StateRow): boolean {
  const isText = [stream, category, data].every((each) => typeof each === "string");
  return !isText || stateChecksum({ stream, category, version, data }) !== checksum;
}
