import type { AggregateModel } from "../model/aggregate-model";
import type { AggregateRuntime } from "./aggregate-runtimes";

/** Reserves what aggregates have whose events a test has stored as history, as their own saves would have done. */
export class SeededReservations {
  readonly #seeded = new Map<AggregateRuntime, Set<string>>();

  constructor(private readonly aggregates: ReadonlyMap<unknown, AggregateRuntime>) {}

  /** Notes an aggregate that an event was stored for. */
  note({ type }: AggregateModel, id: string): void {
    const runtime = this.aggregates.get(type)!;
    const ids = this.#seeded.get(runtime) ?? new Set();
    if (runtime.reservations !== undefined) this.#seeded.set(runtime, ids.add(id));
  }

  /** Reserves for the aggregates that were noted since the last time. Of two with the same values the first one keeps them. */
  async reserve(): Promise<void> {
    const seeded = [...this.#seeded];
    this.#seeded.clear();
    for (const [{ reservations }, ids] of seeded) await reservations?.verify({ ids, repair: true });
  }
}
