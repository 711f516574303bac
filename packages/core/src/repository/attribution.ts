import type { Cause } from "../causation/cause";

/** What caused the pending events of an aggregate, as one `add` knows it: those that no earlier add has attributed. */
export interface Attribution {
  readonly cause: Cause;
  /** How many events were pending then. */
  readonly pending: number;
  readonly earlier: Attribution | undefined;
}

/** @param last the attribution by the `add` before, where there was one. */
export function attribute(cause: Cause, pending: number, last: Attribution | undefined): Attribution {
  return { cause, pending, earlier: last?.cause === cause ? last.earlier : last };
}

/** Finds what caused the pending event at an index; an event raised after the last `add` belongs to that one. */
export function causeAt(index: number, last: Attribution): Cause {
  let { cause } = last;
  for (let one = last.earlier; one !== undefined && index < one.pending; one = one.earlier) cause = one.cause;
  return cause;
}
