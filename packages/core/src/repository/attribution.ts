import type { Cause } from "../causation/cause";

/** What one `add` of an aggregate says of its pending events: those not yet told of by an earlier add have this cause. */
export interface Attribution {
  readonly cause: Cause;
  /** How many events were pending then. */
  readonly pending: number;
  readonly earlier: Attribution | undefined;
}

/** @param last what the `add` before said, where there was one. */
export function attribute(cause: Cause, pending: number, last: Attribution | undefined): Attribution {
  return { cause, pending, earlier: last?.cause === cause ? last.earlier : last };
}

/** What led to the pending event at an index; raised after the last `add`, it belongs to that one. */
export function causeAt(index: number, last: Attribution): Cause {
  let { cause } = last;
  for (let one = last.earlier; one !== undefined && index < one.pending; one = one.earlier) cause = one.cause;
  return cause;
}
