import { type AggregateRoot, lifeOf } from "../elements/aggregate-root";
import { UniqueViolationError } from "../errors/unique-violation-error";
import type { Operation } from "../ports/operations";
import { putReservations, removeReservations } from "./reservation-table";
import type { Reservations } from "./reservations";

/** A reservation that an aggregate is to have. */
interface Wanted {
  readonly owner: string;
  readonly fields: readonly string[];
}

/** Gives whose a reservation is stored as; undefined for none. */
type OwnerOf = (key: string) => string | undefined;

/** What the saves of one unit of work change in the reservations of one class. */
export class ReservationChanges {
  /** What aggregates have now and had not before. */
  readonly #wanted = new Map<string, Wanted>();
  /** The ids of aggregates by the keys of what they had and have no longer. */
  readonly #released = new Map<string, string>();
  #double: Wanted | undefined;

  constructor(
    readonly reservations: Reservations,
    saved: Iterable<AggregateRoot>,
  ) {
    for (const aggregate of saved) if (lifeOf(aggregate).pending.length > 0) this.#compare(aggregate);
  }

  /** The keys of everything that is concerned. */
  get keys(): readonly string[] {
    return [...new Set([...this.#wanted.keys(), ...this.#released.keys()])];
  }

  /** Says which aggregate wants what another one of the unit wants as well; undefined where none does. */
  get double(): UniqueViolationError | undefined {
    return this.#double && this.#violation(this.#double);
  }

  /** The changes as they are unless something is amiss: what is wanted is free, or given up by an aggregate of the unit. */
  expected(): readonly Operation[] {
    return this.#operations((key) => this.#released.get(key));
  }

  /**
   * The changes to what is stored. A reservation that should be there and is not, or belongs to another aggregate, is left alone.
   * @returns the error where another aggregate has reserved what is wanted.
   */
  changesTo(stored: ReadonlyMap<string, string>): readonly Operation[] | UniqueViolationError {
    for (const [key, wanted] of this.#wanted) {
      const holder = stored.get(key);
      const isFree = holder === undefined || holder === wanted.owner || holder === this.#released.get(key);
      if (!isFree) return this.#violation(wanted);
    }
    return this.#operations((key) => stored.get(key));
  }

  #compare(aggregate: AggregateRoot): void {
    const before = this.reservations.notedOf(aggregate);
    const now = this.reservations.wantedBy(aggregate);
    const owner = aggregate.id;
    for (const key of before.keys()) if (!now.has(key)) this.#released.set(key, owner);
    for (const [key, fields] of now) {
      if (before.has(key)) continue;
      if (this.#wanted.has(key)) this.#double ??= { owner, fields };
      else this.#wanted.set(key, { owner, fields });
    }
  }

  #operations(storedOwner: OwnerOf): readonly Operation[] {
    const { table } = this.reservations;
    const operations: Operation[] = [];
    const puts = Array.from(this.#wanted, ([key, { owner }]) => ({ key, owner, storedOwner: storedOwner(key) }));
    const removals = Array.from(this.#released, ([key, owner]) => ({
      key,
      owner,
      storedOwner: storedOwner(key),
    })).filter(({ key, owner, storedOwner }) => storedOwner === owner && !this.#wanted.has(key));
    if (puts.length > 0) operations.push(putReservations(table, puts));
    if (removals.length > 0) operations.push(removeReservations(table, removals));
    return operations;
  }

  #violation({ owner, fields }: Wanted): UniqueViolationError {
    return new UniqueViolationError({ aggregate: this.reservations.model.name, fields, id: owner });
  }
}
