import { OperationConflictError } from "../../errors/operation-conflict-error";
import type { OperationStores } from "../../ports/operation-stores";
import type { Checkpoint } from "../../ports/subscription-store";
import { CheckpointLost } from "../holding/held-checkpoint";
import type { Line } from "./line";

interface RepartitionParts {
  readonly subscription: string;
  /** How many buckets there are to be. */
  readonly buckets: number;
  readonly operations: OperationStores;
  /** All buckets that there are. */
  readonly claimed: readonly Checkpoint[];
  /** The lines of these. */
  readonly lines: readonly Line[];
  readonly isEnding: () => boolean;
}

/**
 * Puts another number of buckets in the place of those that a subscription has: brings all of them to the position of the foremost, and
 * swaps them.
 *
 * @returns whether it came that far.
 * @throws SubscriptionStoppedError when an event failed for good; CheckpointLost, where others were quicker; Interrupted.
 */
export async function repartition(parts: RepartitionParts): Promise<boolean> {
  const { subscription, buckets, operations, claimed, lines, isEnding } = parts;
  const position = Math.max(...claimed.map((checkpoint) => checkpoint.position));
  for (const line of lines) {
    while (line.position < position && !isEnding() && !line.isEnding) await line.advance(position);
    await line.storePosition();
  }
  if (isEnding() || lines.some((line) => line.position < position)) return false;
  const expected = claimed.map(({ bucket, generation }) => ({ bucket, generation, position }));
  const checkpoints = Array.from({ length: buckets }, (_, bucket) => ({ bucket, position }));
  try {
    await operations.flush([{ kind: "replaceCheckpoints", subscription, expected, checkpoints }]);
  } catch (error) {
    if (error instanceof OperationConflictError) throw new CheckpointLost(error.message, { cause: error });
    throw error;
  }
  return true;
}
