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

/** An aggregate that could not be loaded. */
interface FailedAggregate {
  readonly id: string;
  readonly reason: string;
}

/** The outcome of a verification of reservations. */
export interface ReservationVerification {
  /** How many aggregates were checked, those that failed included. */
  readonly checked: number;
  /** What was wrong; the first 1,000 faults. */
  readonly faults: readonly ReservationFault[];
  /** How many faults there were. */
  readonly faulty: number;
  /** How many of them were repaired. Two aggregates with the same values are for the application to tell apart. */
  readonly repaired: number;
  /** The aggregates that could not be loaded; the first 1,000 of them. */
  readonly failed: readonly FailedAggregate[];
  /** How many these are. */
  readonly failing: number;
}

const LISTED = 1_000;

/** Gathers what a verification finds. */
export class ReservationFaults {
  readonly #faults: ReservationFault[] = [];
  /** An aggregate that changed during the verification is looked at twice. */
  readonly #noted = new Set<string>();
  #repaired = 0;
  #hasDoubles = false;
  readonly #failed = new Map<string, string>();

  /** Whether something was found that no repair puts right. */
  get areLeft(): boolean {
    return this.#hasDoubles || this.#failed.size > 0;
  }

  /** @param checked how many aggregates were checked. */
  outcome(checked: number): ReservationVerification {
    const failed = Array.from(this.#failed, ([id, reason]) => ({ id, reason }));
    return {
      checked,
      faults: this.#faults,
      faulty: this.#noted.size,
      repaired: this.#repaired,
      failed: failed.slice(0, LISTED),
      failing: failed.length,
    };
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

  fail({ id, reason }: FailedAggregate): void {
    this.#failed.set(id, reason);
  }
}
