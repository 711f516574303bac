import { OperationConflictError } from "../errors/operation-conflict-error";
import type { OperationStores } from "../ports/operation-stores";
import type { Checkpoint } from "../ports/subscription-store";
import { CheckpointLost } from "./held-checkpoint";
import type { Line } from "./line";

interface RepartitionParts {
  readonly subscription: string;
  /** How many buckets there are to be. */
  readonly buckets: number;
  readonly operations: OperationStores;
  readonly server: string;
  /** Makes lines of the buckets as they are. */
  readonly linesOf: (claimed: readonly Checkpoint[], buckets: number) => Promise<readonly Line[]>;
  readonly isEnding: () => boolean;
}

/**
 * Puts another number of buckets in the place of those that a subscription has: takes all of them, from servers that are alive too,
 * brings them to the position of the foremost, and swaps them.
 *
 * @returns whether it came that far.
 * @throws SubscriptionStoppedError when an event failed for good; CheckpointLost, where others were quicker; Interrupted.
 */
export async function repartition(parts: RepartitionParts): Promise<boolean> {
  const { subscription, buckets, operations, server, linesOf, isEnding } = parts;
  const { subscriptions } = operations;
  const limit = 100_000;
  const claimed = await subscriptions.claim({ server, subscription, limit, fromOthers: true });
  const before = await subscriptions.checkpoints(subscription);
  if (claimed.length < before.length) throw new CheckpointLost(`Another server has buckets of ${subscription}`);
  const position = Math.max(...claimed.map((checkpoint) => checkpoint.position));
  const lines = await linesOf(claimed, claimed.length);
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
