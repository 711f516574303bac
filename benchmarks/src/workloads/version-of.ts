import type { Place } from "../program/place";

const [MOST_BATCHES, MOST_ROUNDS] = [100, 1_000];

/** A version that no other batch of no other process has: its table is new, and its checkpoint at the start. */
export function versionOf({ round }: Place, batch: number): number {
  const [variant = 0, number = 0] = round.split("-").map(Number);
  return 1 + batch + MOST_BATCHES * (number + MOST_ROUNDS * variant);
}
