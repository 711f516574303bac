import {
  type BucketClaim,
  type Checkpoint,
  now,
  type OwnedCheckpoint,
  pause,
  type ServerLease,
  type SubscriptionShare,
} from "@tidemark/core/adapter";

import { integerArray, textArray } from "./binary-arrays";
import { checkpointOf } from "./checkpoints";
import type { Connections } from "./connections";
import { READ, WRITE } from "./unavailable";
import type { Row, Statement } from "./work";

/** How long the lease of a dead server is kept before somebody removes it. */
const KEPT_SECONDS = 60;
/** How long a claim that takes buckets from others tries to have those that are locked. */
const PATIENCE_MS = 250;
const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [1, 16];

/**
 * Which servers are alive, in the table `server_leases`, and which buckets they have, in columns of `checkpoints`.
 *
 * Every time is one of the database's clock. No statement waits for a bucket that another transaction has locked, but for `release`.
 */
export class Leases {
  private readonly statements: ReturnType<typeof statementsFor>;

  constructor(
    private readonly connections: Connections,
    schema: string,
    private readonly options: { readonly patienceMs: number } = { patienceMs: PATIENCE_MS },
  ) {
    this.statements = statementsFor(schema);
  }

  async renew({ server, leaseMs, subscriptions }: ServerLease): Promise<readonly SubscriptionShare[]> {
    const values = [server, leaseMs, textArray(subscriptions)];
    return (await this.connections.run(WRITE, this.statements.renew, values)).map(shareOf);
  }

  async shares(subscriptions: readonly string[]): Promise<readonly SubscriptionShare[]> {
    return (await this.connections.run(READ, this.statements.shares, [textArray(subscriptions)])).map(shareOf);
  }

  /** Whoever takes buckets from servers at work tries for a moment: a flush locks them until it is committed. */
  async claim(claim: BucketClaim): Promise<readonly Checkpoint[]> {
    const claimed: Checkpoint[] = [];
    const end = now() + this.options.patienceMs;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      const limit = claim.limit - claimed.length;
      const { checkpoints, wanted } = await this.attempt({ ...claim, limit });
      claimed.push(...checkpoints);
      const isDone = checkpoints.length >= Math.min(wanted, limit) || claim.fromOthers !== true;
      if (isDone || now() >= end) return claimed.sort((a, b) => a.bucket - b.bucket);
      await pause(pauseMs);
    }
  }

  async release(server: string, subscription: string, buckets: readonly number[]): Promise<void> {
    if (buckets.length === 0) return;
    await this.connections.run(WRITE, this.statements.release, [server, subscription, integerArray(buckets)]);
  }

  async leave(server: string): Promise<void> {
    await this.connections.run(WRITE, this.statements.leave, [server]);
  }

  /** @returns the buckets that nobody else had locked, and how many were to be had with the others. */
  private async attempt({ server, subscription, limit, buckets, fromOthers = false }: BucketClaim) {
    const only = buckets === undefined ? null : integerArray(buckets);
    const values = [server, subscription, limit, only, String(fromOthers)];
    const rows = await this.connections.run(WRITE, this.statements.claim, values);
    const checkpoints = rows.filter(([bucket]) => bucket !== null).map((row) => checkpointOf(subscription, row));
    return { checkpoints, wanted: Number(rows[0]![3]) };
  }
}

function shareOf([name, servers, buckets]: Row): SubscriptionShare {
  const subscription = name!;
  return {
    subscription,
    servers: JSON.parse(servers!) as string[],
    buckets: (JSON.parse(buckets!) as BucketOfShare[]).map((bucket) => ownedOf(subscription, bucket)),
  };
}

type BucketOfShare = readonly [bucket: number, position: number, generation: number, owner: string | null];

function ownedOf(subscription: string, [bucket, position, generation, owner]: BucketOfShare): OwnedCheckpoint {
  return { subscription, bucket, position, generation, ...(owner !== null && { owner }) };
}

function statementsFor(schema: string) {
  const [checkpoints, leases] = [`${schema}.checkpoints`, `${schema}.server_leases`];
  /** How subscriptions are shared between the servers in `alive`. */
  const sharesOf = (subscriptions: string) => `
        SELECT asked.subscription,
          array_to_json(ARRAY(SELECT server FROM alive WHERE asked.subscription = ANY (subscriptions) ORDER BY server)),
          array_to_json(ARRAY(
            SELECT json_build_array(c.bucket, c.position, c.generation, alive.server)
            FROM ${checkpoints} c LEFT JOIN alive ON alive.server = c.owner AND alive.since = c.owned_since
            WHERE c.subscription = asked.subscription ORDER BY c.bucket
          ))
        FROM unnest(${subscriptions}::text[]) WITH ORDINALITY AS asked (subscription, number) ORDER BY asked.number`;
  return {
    /**
     * The snapshot does not hold the server's own lease as it is now: it comes from `kept`. The leases of the dead are removed after
     * that, and only where nobody else is at them: two servers that remove each other's cannot wait for each other.
     */
    renew: {
      name: "renew_lease",
      text: `
        WITH kept AS (
          INSERT INTO ${leases} AS l (server, since, until, subscriptions)
          SELECT $1, now, now + $2::double precision * interval '1 millisecond', $3::text[] FROM clock_timestamp() AS now
          ON CONFLICT (server) DO UPDATE SET
            since = CASE WHEN l.until > excluded.since THEN l.since ELSE excluded.since END,
            until = excluded.until, subscriptions = excluded.subscriptions
          RETURNING server, since, subscriptions
        ), removed AS (
          DELETE FROM ${leases} WHERE server IN (
            SELECT server FROM ${leases}
            WHERE until < clock_timestamp() - interval '${KEPT_SECONDS} seconds' AND server <> (SELECT server FROM kept)
            FOR UPDATE SKIP LOCKED
          )
        ), alive AS MATERIALIZED (
          SELECT server, since, subscriptions FROM ${leases} WHERE server <> $1 AND until > clock_timestamp()
          UNION ALL
          SELECT server, since, subscriptions FROM kept
        )
        ${sharesOf("$3")}`,
    },
    shares: {
      name: "read_shares",
      text: `
        WITH alive AS MATERIALIZED (
          SELECT server, since, subscriptions FROM ${leases} WHERE until > clock_timestamp()
        )
        ${sharesOf("$1")}`,
    },
    /**
     * A bucket that has changed hands since the snapshot was taken has another generation when it is locked, and is left alone: its new
     * owner may not be in the snapshot.
     */
    claim: {
      name: "claim_buckets",
      text: `
        WITH alive AS MATERIALIZED (
          SELECT server, since FROM ${leases} WHERE until > clock_timestamp()
        ), free AS MATERIALIZED (
          SELECT c.bucket, c.generation
          FROM ${checkpoints} c LEFT JOIN alive ON alive.server = c.owner AND alive.since = c.owned_since
          WHERE c.subscription = $2 AND ($4::integer[] IS NULL OR c.bucket = ANY ($4::integer[]))
            AND (alive.server IS NULL OR ($5::boolean AND alive.server <> $1))
            AND EXISTS (SELECT FROM alive WHERE server = $1)
        ), locked AS MATERIALIZED (
          SELECT c.bucket FROM ${checkpoints} c JOIN free ON free.bucket = c.bucket AND free.generation = c.generation
          WHERE c.subscription = $2
          ORDER BY c.bucket LIMIT $3 FOR UPDATE OF c SKIP LOCKED
        ), claimed AS (
          UPDATE ${checkpoints} c SET owner = $1, owned_since = (SELECT since FROM alive WHERE server = $1),
            generation = c.generation + 1
          FROM locked WHERE c.subscription = $2 AND c.bucket = locked.bucket
          RETURNING c.bucket, c.position, c.generation
        )
        SELECT c.bucket, c.position, c.generation, wanted.number
        FROM (SELECT count(*) AS number FROM free) AS wanted LEFT JOIN claimed c ON true ORDER BY c.bucket`,
    },
    release: {
      name: "release_buckets",
      text: `
        WITH locked AS MATERIALIZED (
          SELECT bucket FROM ${checkpoints} WHERE subscription = $2 AND bucket = ANY ($3::integer[]) AND owner = $1
          ORDER BY bucket FOR UPDATE
        )
        UPDATE ${checkpoints} c SET owner = NULL, owned_since = NULL
        FROM locked WHERE c.subscription = $2 AND c.bucket = locked.bucket`,
    },
    /** What the server has is free without its lease. */
    leave: { name: "end_lease", text: `DELETE FROM ${leases} WHERE server = $1` },
  } satisfies Record<string, Statement>;
}
