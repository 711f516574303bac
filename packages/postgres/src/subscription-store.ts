import type {
  BucketClaim,
  Checkpoint,
  NewCheckpoint,
  Operation,
  ParkedFilter,
  ParkedKey,
  ServerLease,
  SubscriptionShare,
  SubscriptionStore,
} from "@tidemark/core/adapter";

import { Checkpoints } from "./checkpoints";
import type { Connections } from "./connections";
import { Leases } from "./leases";
import { ParkedKeys } from "./parked-keys";
import type { Call } from "./work";

/** What subscriptions keep: their checkpoints, the leases of servers, and keys that are set aside. */
export class PostgresSubscriptionStore implements SubscriptionStore {
  private readonly stored: Checkpoints;
  private readonly leases: Leases;
  private readonly parkedKeys: ParkedKeys;

  constructor(connections: Connections, schema: string) {
    this.stored = new Checkpoints(connections, schema);
    this.leases = new Leases(connections, schema);
    this.parkedKeys = new ParkedKeys(connections, schema);
  }

  layCheckpoints(checkpoints: readonly NewCheckpoint[]): Promise<void> {
    return this.stored.lay(checkpoints);
  }

  checkpoints(subscription: string): Promise<readonly Checkpoint[]> {
    return this.stored.of(subscription);
  }

  subscriptions(): Promise<readonly string[]> {
    return this.stored.subscriptions();
  }

  raiseGeneration(subscription: string, bucket: number): Promise<Checkpoint | undefined> {
    return this.stored.raiseGeneration(subscription, bucket);
  }

  renew(lease: ServerLease): Promise<readonly SubscriptionShare[]> {
    return this.leases.renew(lease);
  }

  shares(subscriptions: readonly string[]): Promise<readonly SubscriptionShare[]> {
    return this.leases.shares(subscriptions);
  }

  claim(claim: BucketClaim): Promise<readonly Checkpoint[]> {
    return this.leases.claim(claim);
  }

  release(server: string, subscription: string, buckets: readonly number[]): Promise<void> {
    return this.leases.release(server, subscription, buckets);
  }

  leave(server: string): Promise<void> {
    return this.leases.leave(server);
  }

  parked(filter: ParkedFilter): Promise<readonly ParkedKey[]> {
    return this.parkedKeys.read(filter);
  }

  /** The statements that change what these operations change. */
  calls(operations: readonly Operation[]): readonly Call[] {
    return [...this.stored.calls(operations), ...this.parkedKeys.calls(operations)];
  }
}
