import { byCodePoints } from "../code-point-order";
import { now } from "../real-timers";
import type {
  BucketClaim,
  Checkpoint,
  NewCheckpoint,
  ParkedFilter,
  ParkedKey,
  ServerLease,
  SubscriptionShare,
  SubscriptionStore,
} from "../subscription-store";
import { MemoryCheckpoints } from "./checkpoints";
import { MemoryParkedKeys } from "./parked-keys";

interface Lease {
  /** On a clock that only grows, and that no test stops. */
  readonly endsAt: number;
  readonly subscriptions: ReadonlySet<string>;
}

/** The side of a `MemoryEventStore` that shares subscriptions between servers. */
export class MemorySubscriptionStore implements SubscriptionStore {
  readonly stored = new MemoryCheckpoints();
  readonly parkedKeys = new MemoryParkedKeys();
  readonly #leases = new Map<string, Lease>();

  layCheckpoints(checkpoints: readonly NewCheckpoint[]): void {
    for (const checkpoint of checkpoints) this.stored.lay(checkpoint);
  }

  checkpoints(subscription: string): readonly Checkpoint[] {
    return this.stored.of(subscription).map(({ checkpoint }) => checkpoint);
  }

  subscriptions(): readonly string[] {
    return this.stored.names().sort(byCodePoints);
  }

  raiseGeneration(subscription: string, bucket: number): Checkpoint | undefined {
    return this.stored.raise(subscription, bucket);
  }

  renew({ server, leaseMs, subscriptions }: ServerLease): readonly SubscriptionShare[] {
    for (const name of this.#leases.keys()) if (!this.#isAlive(name)) this.leave(name);
    this.#leases.set(server, { endsAt: now() + leaseMs, subscriptions: new Set(subscriptions) });
    return this.shares(subscriptions);
  }

  shares(subscriptions: readonly string[]): readonly SubscriptionShare[] {
    return subscriptions.map((subscription) => this.#shareOf(subscription));
  }

  claim({ server, subscription, limit, buckets, fromOthers = false }: BucketClaim): readonly Checkpoint[] {
    if (!this.#isAlive(server)) return [];
    return this.stored
      .of(subscription)
      .filter(({ owner }) => owner !== server && (fromOthers || !this.#isAlive(owner)))
      .map(({ checkpoint }) => checkpoint.bucket)
      .filter((bucket) => buckets?.includes(bucket) ?? true)
      .slice(0, limit)
      .map((bucket) => this.stored.raise(subscription, bucket, server)!);
  }

  release(server: string, subscription: string, buckets: readonly number[]): void {
    this.stored.free(
      ({ checkpoint, owner }) =>
        owner === server && checkpoint.subscription === subscription && buckets.includes(checkpoint.bucket),
    );
  }

  leave(server: string): void {
    this.#leases.delete(server);
    this.stored.free(({ owner }) => owner === server);
  }

  parked(filter: ParkedFilter): readonly ParkedKey[] {
    return this.parkedKeys.read(filter);
  }

  #shareOf(subscription: string): SubscriptionShare {
    const running = [...this.#leases].filter(
      ([server, { subscriptions }]) => subscriptions.has(subscription) && this.#isAlive(server),
    );
    return {
      subscription,
      servers: running.map(([server]) => server).sort(byCodePoints),
      buckets: this.stored
        .of(subscription)
        .map(({ checkpoint, owner }) => ({ ...checkpoint, ...(this.#isAlive(owner) && { owner }) })),
    };
  }

  #isAlive(server: string | undefined): boolean {
    const lease = server === undefined ? undefined : this.#leases.get(server);
    return lease !== undefined && now() < lease.endsAt;
  }
}
