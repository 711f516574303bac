import type { RemoveParked } from "../../ports/operations";
import type { ParkedKey } from "../../ports/subscription-store";
import type { ConsumedEvent } from "../../subscriptions/reading/consumed-event";
import { foldPlanned, plannedSteps } from "../planned-steps";
import type { RowFolding } from "../row-folding";
import type { ShadowRows } from "./shadow-rows";

/**
 * The events that an operator has had skipped for a row. A rebuild tries them: with corrected code they may be applied, and then they
 * are skipped no longer.
 */
export class SkippedEvents {
  readonly #byPosition = new Map<number, ParkedKey[]>();
  readonly #applied: ParkedKey[] = [];

  constructor(skipped: readonly ParkedKey[]) {
    for (const one of skipped) {
      const others = this.#byPosition.get(one.position) ?? [];
      this.#byPosition.set(one.position, [...others, one]);
    }
  }

  get areNone(): boolean {
    return this.#byPosition.size === 0;
  }

  has({ globalPosition }: ConsumedEvent): boolean {
    return this.#byPosition.size > 0 && this.#byPosition.has(globalPosition);
  }

  /**
   * Folds an event into the rows that it was not skipped for, and into the others as far as it does not fail.
   * @throws FoldFailure where it fails for a row that it was not skipped for.
   */
  async tried<R extends object>(event: ConsumedEvent, folding: RowFolding<R>, rows: ShadowRows<R>): Promise<void> {
    const skipped = new Map(this.#byPosition.get(event.globalPosition)?.map((one) => [one.key, one]));
    const fold = (takes: (key: string) => boolean) => {
      const planned = plannedSteps(folding, [event], takes);
      return foldPlanned(planned, [event], rows, rows)?.failure;
    };
    const others = (key: string) => !skipped.has(key);
    await rows.hold(new Set([...plannedSteps(folding, [event]).keys, ...skipped.keys()]));
    const failure = fold(others);
    if (failure !== undefined) throw failure;
    for (const [key, one] of skipped) {
      const before = rows.get(key);
      // A method that fails may leave its row half changed.
      const copy = before && folding.decode(folding.encode(key, before, 0));
      if (fold((each) => each === key) === undefined) this.#applied.push(one);
      else rows.set(key, copy);
    }
  }

  /** Lists the operations that note that events are skipped no longer. */
  operations(): readonly RemoveParked[] {
    return this.#applied.map(({ subscription, key, position, revision }) => {
      return { kind: "removeParked", subscription, key, position, expected: revision };
    });
  }
}
