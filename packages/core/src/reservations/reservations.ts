import type { AggregateRoot } from "../elements/aggregate-root";
import type { AggregateModel } from "../model/aggregate-model";
import type { EventLog } from "../ports/event-log";
import type { OperationStores } from "../ports/operation-stores";
import type { Table } from "../ports/table";
import { ReservationKeys, type ReservedKeys } from "./reservation-keys";
import { ownerOf, reservationTable } from "./reservation-table";

interface ReservationStores {
  readonly log: EventLog;
  readonly operations: Pick<OperationStores, "flush" | "readModels">;
}

const NOTHING: ReservedKeys = new Map();

/**
 * What the event-sourced aggregates of a class have reserved, so that no two have the same values in the fields of a unique constraint:
 * a row for the values of each aggregate, which is stored and removed together with the events that change them.
 */
export class Reservations {
  readonly table: Table;
  readonly #keys: ReservationKeys;
  readonly #noted = new WeakMap<AggregateRoot, ReservedKeys>();

  constructor(
    readonly model: AggregateModel,
    readonly stores: ReservationStores,
  ) {
    this.table = reservationTable(model);
    this.#keys = new ReservationKeys(model);
  }

  /** Notes what an aggregate has reserved by its present state. To be called when it was loaded, and when it was saved. */
  note(aggregate: AggregateRoot): void {
    this.#noted.set(aggregate, this.wantedBy(aggregate));
  }

  /** What an aggregate had reserved when it was loaded or saved last; nothing for a new one. */
  notedOf(aggregate: AggregateRoot): ReservedKeys {
    return this.#noted.get(aggregate) ?? NOTHING;
  }

  /** What an aggregate has to have reserved in its present state. */
  wantedBy(aggregate: AggregateRoot): ReservedKeys {
    return this.#keys.of(aggregate);
  }

  /** Reads whose the reservations with these keys are, as far as they are stored. */
  async owners(keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = keys.length === 0 ? [] : await this.stores.operations.readModels.rows(this.table, keys);
    return new Map(rows.map((row) => [row[0] as string, ownerOf(row)]));
  }
}
