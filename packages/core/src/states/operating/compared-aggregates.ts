/** One place where what is stored of an aggregate is another than what its events give. */
export interface AggregateDifference {
  /** The aggregate's id. */
  readonly id: string;
  /** `balance`, `tags[2]`, `address.city`; empty where a whole row is missing, or should not be there. */
  readonly path: string;
  /** What is stored there; undefined for nothing. */
  readonly stored: unknown;
  /** What the events give; undefined for nothing. */
  readonly folded: unknown;
}

/** An aggregate that could not be compared. */
export interface FailedAggregate {
  readonly id: string;
  readonly reason: string;
}

/** The outcome of comparing the aggregates of a class with their events. */
export interface ComparedAggregates {
  /** How many aggregates were compared, those that failed included. */
  readonly checked: number;
  /** How many differ. */
  readonly differing: number;
  /** Where they differ, of the first 1,000 that do. */
  readonly differences: readonly AggregateDifference[];
  /** How many could not be compared: their events cannot be folded, or their rows cannot be read. */
  readonly failing: number;
  /** The first 1,000 of them. */
  readonly failed: readonly FailedAggregate[];
}

const LISTED = 1_000;

/** Counts comparisons, and keeps the first ones that found something. */
export class Comparisons implements ComparedAggregates {
  checked = 0;
  differing = 0;
  failing = 0;
  readonly differences: AggregateDifference[] = [];
  readonly failed: FailedAggregate[] = [];

  /** Notes what an aggregate was found to be. @returns whether it differs. */
  note(differences: readonly AggregateDifference[]): boolean {
    this.checked++;
    if (differences.length === 0) return false;
    this.differing++;
    if (this.differing <= LISTED) this.differences.push(...differences);
    return true;
  }

  /** Notes an aggregate that could not be compared. */
  fail(failed: FailedAggregate): void {
    this.checked++;
    this.noteFailure(failed);
  }

  /** Notes what could not be done for an aggregate that was compared. */
  noteFailure(failed: FailedAggregate): void {
    this.failing++;
    if (this.failing <= LISTED) this.failed.push(failed);
  }

  get result(): ComparedAggregates {
    const { checked, differing, differences, failing, failed } = this;
    return { checked, differing, differences, failing, failed };
  }
}
