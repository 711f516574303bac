/** What is wrong with a reservation. Values are left out: they may be personal. */
export interface ReservationFault {
  /**
   * - `missing`: the aggregate has reserved nothing for its values, or they are reserved for an aggregate that has others.
   * - `double`: another aggregate has the same values.
   * - `superfluous`: something is reserved for the aggregate that it does not have.
   */
  readonly kind: "missing" | "double" | "superfluous";
  readonly fields: readonly string[];
  readonly id: string;
  /** The id of the other aggregate; only with `double`. */
  readonly other?: string;
}

/** The outcome of a verification of reservations. */
export interface ReservationVerification {
  /** How many aggregates were checked. */
  readonly checked: number;
  /** What was wrong; the first 1,000 faults. */
  readonly faults: readonly ReservationFault[];
  /** How many faults there were. */
  readonly faulty: number;
  /** How many of them were repaired. Two aggregates with the same values are for the application to tell apart. */
  readonly repaired: number;
}

const LISTED = 1_000;

/** Gathers what a verification finds. */
export class ReservationFaults {
  readonly #faults: ReservationFault[] = [];
  /** An aggregate that changed during the verification is looked at twice. */
  readonly #noted = new Set<string>();
  #repaired = 0;
  #checked = 0;
  #hasDoubles = false;

  get hasDoubles(): boolean {
    return this.#hasDoubles;
  }

  get outcome(): ReservationVerification {
    return { checked: this.#checked, faults: this.#faults, faulty: this.#noted.size, repaired: this.#repaired };
  }

  /** Counts aggregates that were checked. @returns their number so far. */
  count(aggregates: number): number {
    this.#checked += aggregates;
    return this.#checked;
  }

  note(faults: readonly ReservationFault[], { isRepaired }: { readonly isRepaired: boolean }): void {
    for (const fault of faults) {
      const { size } = this.#noted;
      if (this.#noted.add(JSON.stringify(fault)).size === size) continue;
      if (this.#faults.length < LISTED) this.#faults.push(fault);
      if (fault.kind === "double") this.#hasDoubles = true;
      else if (isRepaired) this.#repaired++;
    }
  }
}
