import { grouped, seconds } from "../picture/numbers";
import type { Count } from "./count";

/** A run as a whole. */
interface Outcome {
  readonly count: Count;
  /** An error for each command that was rejected. */
  readonly refused: readonly string[];
  readonly longestStallMs: number;
}

/** How many faults of one kind are printed. */
const SHOWN = 5;

/** The last line of a run. */
export function verdict({ count, longestStallMs }: Outcome): string {
  const { acknowledged, stored, lost, twice, gaps, behind } = count;
  return [
    `acknowledged ${grouped(acknowledged)}`,
    `stored ${grouped(stored)}`,
    `lost ${grouped(lost.length)}`,
    `twice ${grouped(twice.length)}`,
    `gaps ${grouped(gaps.length)}`,
    `projection behind ${grouped(behind.length)}`,
    `longest stall ${seconds(longestStallMs)}`,
  ].join(" · ");
}

/** The first faults of each kind, a line each; none where all is as it should be. */
export function faults({ count, refused }: Outcome): string[] {
  const { acknowledged, lost, twice, gaps, behind, unfinished } = count;
  const rejected = refused.map((reason) => `a command was rejected: ${reason}`);
  const nothing = acknowledged === 0 ? ["no command was acknowledged"] : [];
  return [nothing, rejected, lost, twice, gaps, behind, unfinished].flatMap((found) => {
    const more = found.length - SHOWN;
    return more > 0 ? [...found.slice(0, SHOWN), `and ${grouped(more)} more of these`] : found;
  });
}
