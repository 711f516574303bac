import { randomUUID } from "node:crypto";

import { RebuildError } from "../../errors/rebuild-error";
import { clearInterval, setInterval } from "../../ports/real-timers";
import type { Checkpoint, SubscriptionStore } from "../../ports/subscription-store";

/** How often the store is told within the time of a lease. */
const RENEWALS = 4;

const MOST_BUCKETS = 100_000;

/** Shows that a rebuild is under way: as a server that runs nothing but the rebuild. */
export class RebuildLease {
  readonly #timer: ReturnType<typeof setInterval>;
  #renewal: Promise<void> = Promise.resolve();

  private constructor(
    private readonly subscriptions: SubscriptionStore,
    /** The name of the server. */
    readonly server: string,
    private readonly renew: () => Promise<void>,
    leaseMs: number,
  ) {
    this.#timer = setInterval(() => {
      // Whoever lost the lease finds out when it writes: another one has raised the generation.
      this.#renewal = this.renew().catch(() => undefined);
    }, leaseMs / RENEWALS);
    this.#timer.unref();
  }

  /** @param subscription the identity of the checkpoint of the rebuild. */
  static async begin(
    subscriptions: SubscriptionStore,
    { subscription, leaseMs }: { readonly subscription: string; readonly leaseMs: number },
  ): Promise<RebuildLease> {
    const server = `rebuild-${randomUUID()}`;
    const renew = async () => {
      await subscriptions.renew({ server, leaseMs, subscriptions: [subscription] });
    };
    await renew();
    return new RebuildLease(subscriptions, server, renew, leaseMs);
  }

  /** Takes the checkpoints of a rebuild, all or none. @throws RebuildError where another process is at it. */
  async take(subscription: string, projection: string, count: number): Promise<readonly Checkpoint[]> {
    const claim = { server: this.server, subscription, limit: count };
    // Of two processes that begin at the same time the one that gets the first checkpoint gets them all.
    const first = await this.subscriptions.claim({ ...claim, buckets: [0] });
    const others = first.length === 0 ? [] : await this.subscriptions.claim(claim);
    if (first.length + others.length === count) return [...first, ...others];
    const explanation =
      "another rebuild of it is under way; wait until that has ended. One whose process has died is gone on with when its lease has run out";
    throw new RebuildError({ projection, explanation });
  }

  /** Takes checkpoints of a subscription from whoever has them: all of them, or those of some buckets. */
  async takeFromOthers(subscription: string, buckets?: readonly number[]): Promise<void> {
    const some = buckets === undefined ? {} : { buckets };
    await this.subscriptions.claim({
      server: this.server,
      subscription,
      limit: MOST_BUCKETS,
      fromOthers: true,
      ...some,
    });
  }

  /** Gives checkpoints back to whoever wants them. */
  async giveBack(subscription: string): Promise<void> {
    const buckets = (await this.subscriptions.checkpoints(subscription)).map(({ bucket }) => bucket);
    await this.subscriptions.release(this.server, subscription, buckets);
  }

  async end(): Promise<void> {
    clearInterval(this.#timer);
    await this.#renewal;
    await this.subscriptions.leave(this.server);
  }
}
