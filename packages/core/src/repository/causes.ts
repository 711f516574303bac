import type { Cause } from "./cause";

/**
 * What led to each pending event of one aggregate: the first `add` that came after it was raised. Where commands that are
 * processed inside one another change one instance, each answers for what it raised.
 */
export class Causes {
  private readonly spans: { readonly cause: Cause; readonly from: number }[];
  private noted: number;

  /** @param pending how many events there are as the aggregate is added for the first time. */
  constructor(cause: Cause, pending: number) {
    this.spans = [{ cause, from: 0 }];
    this.noted = pending;
  }

  /** The aggregate is added once more, with so many events. */
  note(cause: Cause, pending: number): void {
    if (this.spans.at(-1)?.cause !== cause) this.spans.push({ cause, from: this.noted });
    this.noted = pending;
  }

  /** Of the event at this place among the pending ones; one raised after the last `add` has that one's cause. */
  of(index: number): Cause {
    let found = this.spans.length - 1;
    while (this.spans[found]!.from > index) found--;
    return this.spans[found]!.cause;
  }
}
