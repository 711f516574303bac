import type { SeededNumbers } from "./seeded-numbers";

/** A batch: the events from one index to before another. */
export interface Delivery {
  readonly from: number;
  readonly to: number;
  /** Whether nothing of it is stored, so that its events come again. */
  readonly isLost: boolean;
  /** Whether the server starts again after it. */
  readonly isLast: boolean;
}

const FEW = 3;

/** Divides events into batches at random. Some of them are lost, and come again in batches of other sizes. */
export function randomDeliveries(count: number, random: SeededNumbers): readonly Delivery[] {
  const deliveries: Delivery[] = [];
  for (let from = 0; from < count; ) {
    const left = count - from;
    const size = random.below(2) === 0 ? random.below(Math.min(FEW, left)) + 1 : random.below(left) + 1;
    const isLost = random.below(4) === 0;
    deliveries.push({ from, to: from + size, isLost, isLast: random.below(2) === 0 });
    if (!isLost) from += size;
  }
  return deliveries;
}

/** `in batches of 1, 3 (not stored) and 2 events`. */
export function deliveriesInWords(deliveries: readonly Delivery[]): string {
  const sizes = deliveries.map(({ from, to, isLost }) => `${to - from}${isLost ? " (not stored)" : ""}`);
  if (sizes.length === 1) return `in one batch of ${sizes[0]}`;
  return `in batches of ${sizes.slice(0, -1).join(", ")} and ${sizes.at(-1)}`;
}
