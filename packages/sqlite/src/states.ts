import { refusedState, type StoredState, type StreamPage, type StreamRef } from "@tidemark/core/adapter";
import { refuseDisorder } from "./ascending-pages";
import { stateChecksum } from "./checksums";
import type { Database } from "./drivers/database";
import { damagedRow } from "./event-rows";

/** The states of aggregates that are stored as they are. Every row is proved by its checksum. */
export class States {
  private readonly select;
  private readonly selectPage;
  private readonly version;
  private readonly insert;
  private readonly update;
  private readonly deleteOne;

  constructor(database: Database) {
    this.select = database.rows<[string], StateRow>(`SELECT ${STATE_COLUMNS} FROM states WHERE stream = ?`);
    this.selectPage = database.rows<[string, string, number], StateRow>(
      `SELECT ${STATE_COLUMNS} FROM states WHERE category = ? AND stream > ? ORDER BY stream LIMIT ?`,
    );
    this.version = database.values<[string], number>("SELECT version FROM states WHERE stream = ?");
    this.insert = database.prepare<StateRow>(
      `INSERT INTO states (${STATE_COLUMNS}) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    );
    this.update = database.prepare<[number, number, string, string, number]>(
      "UPDATE states SET version = ?, checksum = ?, data = ? WHERE stream = ? AND version = ?",
    );
    this.deleteOne = database.prepare<[string, number]>("DELETE FROM states WHERE stream = ? AND version = ?");
  }

  /** @throws DeserializationError for a damaged row. */
  load(stream: string): StoredState | undefined {
    const row = this.select.get(stream);
    return row && stateIn(row);
  }

  /** @throws DeserializationError for a damaged row. */
  loadAll(streams: readonly StreamRef[]): readonly StoredState[] {
    const names = new Set(streams.map(({ stream }) => stream));
    return Array.from(names, (stream) => this.load(stream)).filter((state) => state !== undefined);
  }

  /** @throws DeserializationError for a damaged row. */
  list(category: string, { after = "", limit }: StreamPage): readonly StoredState[] {
    const states = Array.from(this.selectPage.all(category, after, limit), stateIn);
    refuseDisorder(
      "states",
      after,
      states.map(({ stream }) => stream),
    );
    return states;
  }

  /** @throws ExpectedVersionError for a state at another version. */
  put(state: StoredState, expectedVersion: number): void {
    const { stream, category, version, data } = state;
    const checksum = stateChecksum(state);
    const { changes } =
      expectedVersion === -1
        ? this.insert.run(stream, category, version, checksum, data)
        : this.update.run(version, checksum, data, stream, expectedVersion);
    if (changes === 0) throw refusedState(stream, expectedVersion, this.versionOf(stream));
  }

  /** @throws ExpectedVersionError for a state at another version. */
  delete(stream: string, expectedVersion: number): void {
    if (this.deleteOne.run(stream, expectedVersion).changes === 1) return;
    const actual = this.versionOf(stream);
    if (actual !== expectedVersion) throw refusedState(stream, expectedVersion, actual);
  }

  private versionOf(stream: string): number {
    return this.version.get(stream) ?? -1;
  }
}

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
