import type { ContenderName, Place, StoreName } from "./place";
import type { Sample } from "./sample";

/** What is measured, in one line of the table for each store and variant. */
export interface Workload {
  /** What the command line calls it. */
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  /** Whether more of the unit is better, as of a rate, or less, as of a time. */
  readonly better: "more" | "less";
  readonly stores: readonly StoreName[];
  /** Without them Tidemark and the hand-written code. */
  readonly contenders?: readonly ContenderName[];
  /** The lines of one store, such as the lengths of a stream. */
  readonly variants: readonly Variant[];
  /** Fills a store that outlives its process, once for each contender. Left out on the memory store, where `measure` does it. */
  fill?(place: Place, variant: Variant): Promise<void>;
  /** @returns what a process of its own found: a figure in the unit, alone or with what one operation cost. */
  measure(place: Place, variant: Variant): Promise<Sample | number>;
}

export interface Variant {
  readonly title: string;
  readonly size: number;
}
