import type { BucketClaim, Checkpoint, OwnedCheckpoint, ServerLease, SubscriptionShare } from "@tidemark/core/adapter";
import type { Database } from "./drivers/database";
import type { StoreClock } from "./store-clock";

/**
 * Which servers are alive, what they run, and which buckets they have. Every method that writes runs inside a transaction: the one
 * that holds the file's lock decides alone.
 */
export class Leases {
  private readonly endOf;
  private readonly selectEnded;
  private readonly upsertLease;
  private readonly deleteLease;
  private readonly selectRun;
  private readonly insertRun;
  private readonly deleteRun;
  private readonly selectServers;
  private readonly selectOwned;
  private readonly give;
  private readonly free;
  private readonly freeAll;

  constructor(
    database: Database,
    private readonly clock: StoreClock,
  ) {
    this.endOf = database.values<[string], number>("SELECT ends_at FROM server_leases WHERE server = ?");
    this.selectEnded = database.values<[number], string>("SELECT server FROM server_leases WHERE ends_at <= ?");
    this.upsertLease = database.prepare<[string, number]>(
      `INSERT INTO server_leases (server, ends_at) VALUES (?, ?)
         ON CONFLICT (server) DO UPDATE SET ends_at = excluded.ends_at`,
    );
    this.deleteLease = database.prepare<[string]>("DELETE FROM server_leases WHERE server = ?");
    this.selectRun = database.values<[string], string>(
      "SELECT subscription FROM server_subscriptions WHERE server = ? ORDER BY subscription",
    );
    this.insertRun = database.prepare<[string, string]>(
      "INSERT INTO server_subscriptions (server, subscription) VALUES (?, ?) ON CONFLICT DO NOTHING",
    );
    this.deleteRun = database.prepare<[string]>("DELETE FROM server_subscriptions WHERE server = ?");
    this.selectServers = database.values<[string, number], string>(
      `SELECT server FROM server_subscriptions JOIN server_leases USING (server)
         WHERE subscription = ? AND ends_at > ? ORDER BY server`,
    );
    this.selectOwned = database.rows<[number, string], OwnedRow>(
      `SELECT bucket, position, generation, server FROM checkpoints
         LEFT JOIN server_leases ON server = owner AND ends_at > ? WHERE subscription = ? ORDER BY bucket`,
    );
    this.give = database.rows<[string, string, number], GivenRow>(
      `UPDATE checkpoints SET owner = ?, generation = generation + 1 WHERE subscription = ? AND bucket = ?
         RETURNING position, generation`,
    );
    this.free = database.prepare<[string, string, number]>(
      "UPDATE checkpoints SET owner = NULL WHERE owner = ? AND subscription = ? AND bucket = ?",
    );
    this.freeAll = database.prepare<[string]>("UPDATE checkpoints SET owner = NULL WHERE owner = ?");
  }

  /** A server that was dead comes back without the buckets that it had. */
  renew({ server, leaseMs, subscriptions }: ServerLease): readonly SubscriptionShare[] {
    const now = this.clock.now();
    for (const ended of this.selectEnded.all(now)) this.leave(ended);
    this.upsertLease.run(server, now + Math.ceil(leaseMs));
    this.run(server, subscriptions);
    return this.shares(subscriptions);
  }

  shares(subscriptions: readonly string[]): readonly SubscriptionShare[] {
    const now = this.clock.now();
    return subscriptions.map((subscription) => ({
      subscription,
      servers: this.selectServers.all(subscription, now),
      buckets: this.owned(subscription, now),
    }));
  }

  claim({ server, subscription, limit, buckets, fromOthers = false }: BucketClaim): readonly Checkpoint[] {
    const now = this.clock.now();
    if ((this.endOf.get(server) ?? 0) <= now) return [];
    return this.owned(subscription, now)
      .filter(({ owner }) => owner === undefined || (fromOthers && owner !== server))
      .filter(({ bucket }) => buckets?.includes(bucket) ?? true)
      .slice(0, limit)
      .map(({ bucket }) => {
        const [position, generation] = this.give.get(server, subscription, bucket)!;
        return { subscription, bucket, position, generation };
      });
  }

  release(server: string, subscription: string, buckets: readonly number[]): void {
    for (const bucket of buckets) this.free.run(server, subscription, bucket);
  }

  leave(server: string): void {
    this.deleteLease.run(server);
    this.deleteRun.run(server);
    this.freeAll.run(server);
  }

  /** Writes nothing where the server runs the same as before. */
  private run(server: string, subscriptions: readonly string[]): void {
    const known = new Set(this.selectRun.all(server));
    const asked = new Set(subscriptions);
    if (known.size === asked.size && subscriptions.every((each) => known.has(each))) return;
    this.deleteRun.run(server);
    for (const subscription of asked) this.insertRun.run(server, subscription);
  }

  private owned(subscription: string, now: number): readonly OwnedCheckpoint[] {
    return Array.from(this.selectOwned.all(now, subscription), ([bucket, position, generation, owner]) => ({
      subscription,
      bucket,
      position,
      generation,
      ...(owner !== null && { owner }),
    }));
  }
}

type OwnedRow = [bucket: number, position: number, generation: number, owner: string | null];
type GivenRow = [position: number, generation: number];
