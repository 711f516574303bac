import { randomUUID } from "node:crypto";

import type { OperationStores } from "../../ports/operation-stores";
import { clearInterval, now, setInterval } from "../../ports/real-timers";
import type { Checkpoint } from "../../ports/subscription-store";

interface Borrowing {
  readonly subscription: string;
  /** Which buckets are wanted, of those that nobody has. */
  readonly buckets: readonly number[];
  readonly leaseMs: number;
}

/** What was borrowed, and for how long. */
export interface Borrowed {
  /** As they were claimed. */
  readonly checkpoints: readonly Checkpoint[];
  /** Whether nobody else can have them yet. */
  readonly isAlive: () => boolean;
}

/**
 * Takes buckets that no server alive has for the time of a work, as a server of its own that runs no subscription: the share of others
 * stays as it is.
 */
export async function borrowBuckets<T>(
  { subscriptions }: Pick<OperationStores, "subscriptions">,
  { subscription, buckets, leaseMs }: Borrowing,
  work: (borrowed: Borrowed) => Promise<T>,
): Promise<T> {
  const server = randomUUID();
  let aliveUntil = 0;
  const renew = async () => {
    const sent = now();
    await subscriptions.renew({ server, leaseMs, subscriptions: [] });
    aliveUntil = sent + leaseMs;
  };
  await renew();
  // A renewal that fails is repeated by the next one; what is stored is fenced by the generation.
  const timer = setInterval(() => void renew().catch(() => undefined), leaseMs / 4);
  try {
    const checkpoints = await subscriptions.claim({ server, subscription, limit: buckets.length, buckets });
    return await work({ checkpoints, isAlive: () => now() < aliveUntil });
  } finally {
    clearInterval(timer);
    await subscriptions.release(server, subscription, buckets);
    await subscriptions.leave(server);
  }
}
