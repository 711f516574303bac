import {
  type ParkedFilter,
  type ParkedKey,
  type PutParked,
  type RemoveParked,
  refusedParked,
} from "@tidemark/core/adapter";
import { boundBlob } from "./bound-blob";
import type { Database, Query } from "./drivers/database";

/** The keys that are set aside. */
export class ParkedKeys {
  private readonly insert;
  private readonly update;
  private readonly deleteOne;
  private readonly revisionOf;
  /** By their conditions. */
  private readonly selects = new Map<string, Query<BoundValue[], ParkedRow>>();

  constructor(private readonly database: Database) {
    const one = "subscription = ? AND key = ? AND position = ?";
    this.insert = database.prepare<ParkedRow>(
      `INSERT INTO parked_keys (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    );
    this.update = database.prepare<BoundValue[]>(
      `UPDATE parked_keys SET state = ?, attempts = ?, due_at = ?, revision = ?, data = ?, payload = ?
         WHERE ${one} AND revision = ?`,
    );
    this.deleteOne = database.prepare<[string, string, number, number]>(
      `DELETE FROM parked_keys WHERE ${one} AND revision = ?`,
    );
    this.revisionOf = database.values<[string, string, number], number>(
      `SELECT revision FROM parked_keys WHERE ${one}`,
    );
  }

  read({ subscription, keys, states, after, limit }: ParkedFilter): readonly ParkedKey[] {
    const conditions: string[] = [];
    const bound: BoundValue[] = [];
    const where = (condition: string, ...values: readonly BoundValue[]): void => {
      conditions.push(condition);
      bound.push(...values);
    };
    if (subscription !== undefined) where("subscription = ?", subscription);
    if (keys !== undefined) where("key IN (SELECT value FROM json_each(?))", JSON.stringify(keys));
    if (states !== undefined) where("state IN (SELECT value FROM json_each(?))", JSON.stringify(states));
    if (after !== undefined)
      where("(subscription, key, position) > (?, ?, ?)", after.subscription, after.key, after.position);
    const select = this.selectWhere(conditions.join(" AND "));
    return Array.from(select.all(...bound, limit ?? -1), parkedIn);
  }

  /** @throws OperationConflictError for a key whose revision is another one. */
  put({ parked, expected }: PutParked): void {
    const { subscription, key, position, state, attempts, dueAt = null, data } = parked;
    const payload = parked.payload === undefined ? null : boundBlob(parked.payload);
    const { changes } =
      expected === null
        ? this.insert.run(subscription, key, position, state, attempts, dueAt, 0, data, payload)
        : this.update.run(
            ...[state, attempts, dueAt, expected + 1, data, payload],
            ...[subscription, key, position, expected],
          );
    if (changes === 0) throw this.refused(parked, expected);
  }

  /** @throws OperationConflictError for a key whose revision is another one. */
  remove(operation: RemoveParked): void {
    const { subscription, key, position, expected } = operation;
    if (this.deleteOne.run(subscription, key, position, expected).changes === 0)
      throw this.refused(operation, expected);
  }

  private refused(place: Pick<ParkedKey, "subscription" | "key" | "position">, expected: number | null): Error {
    const { subscription, key, position } = place;
    return refusedParked(place, expected, this.revisionOf.get(subscription, key, position) ?? null);
  }

  private selectWhere(conditions: string): Query<BoundValue[], ParkedRow> {
    const known = this.selects.get(conditions);
    if (known !== undefined) return known;
    const where = conditions === "" ? "" : `WHERE ${conditions}`;
    const select = this.database.rows<BoundValue[], ParkedRow>(
      `SELECT ${COLUMNS} FROM parked_keys ${where} ORDER BY subscription, key, position LIMIT ?`,
    );
    this.selects.set(conditions, select);
    return select;
  }
}

type BoundValue = string | number | Uint8Array | null;

/** In the order of `ParkedRow`. */
const COLUMNS = "subscription, key, position, state, attempts, due_at, revision, data, payload";

type ParkedRow = [
  subscription: string,
  key: string,
  position: number,
  state: ParkedKey["state"],
  attempts: number,
  dueAt: number | null,
  revision: number,
  data: string,
  payload: Uint8Array | null,
];

function parkedIn([
  subscription,
  key,
  position,
  state,
  attempts,
  dueAt,
  revision,
  data,
  payload,
]: ParkedRow): ParkedKey {
  return {
    subscription,
    key,
    position,
    state,
    attempts,
    ...(dueAt !== null && { dueAt }),
    revision,
    data,
    ...(payload !== null && { payload }),
  };
}
