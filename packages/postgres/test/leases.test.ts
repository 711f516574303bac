import type { BucketClaim, Checkpoint, SubscriptionShare } from "@tidemark/core/adapter";
import { PostgresEventStore } from "@tidemark/postgres";
import { CountingProxy } from "@tidemark/testing/postgres-server";

import { Connections } from "../src/connections";
import { Leases } from "../src/leases";
import { checkedSettings } from "../src/settings";
import { FreshDatabase } from "./server/fresh-database";

let database: FreshDatabase;
let proxy: CountingProxy;
let store: PostgresEventStore;

beforeAll(async () => {
  database = await FreshDatabase.create();
  proxy = await CountingProxy.before(database.url);
});
afterAll(async () => {
  await proxy?.close();
  await database?.drop();
});
beforeEach(() => {
  store = new PostgresEventStore({ url: proxy.url });
});
afterEach(async () => {
  await store?.close();
  await database.clear();
});

const LEASE = { leaseMs: 60_000, subscriptions: ["S"] };
const subscriptions = () => store.operations.subscriptions;
const lay = (buckets: number, subscription = "S") =>
  subscriptions().layCheckpoints(
    Array.from({ length: buckets }, (_, bucket) => ({ subscription, bucket, position: 7 })),
  );
const claim = (server: string, more: Partial<BucketClaim> = {}) =>
  subscriptions().claim({ server, subscription: "S", limit: 100, ...more });
const bucketsOf = (checkpoints: readonly Checkpoint[]) => checkpoints.map(({ bucket }) => bucket);
const ownersIn = (shares: readonly SubscriptionShare[]) =>
  shares.map(({ buckets }) => buckets.map(({ owner }) => owner));
/** Ends the lease of a server by the database's clock, as if nobody had renewed it. */
const expire = (server: string) =>
  database.query("UPDATE tidemark.server_leases SET until = clock_timestamp() - interval '1 ms' WHERE server = $1", [
    server,
  ]);

describe("a renewal", () => {
  it("is one round trip that says who is alive, and who has what", async () => {
    await lay(3);
    await subscriptions().renew({ server: "b", leaseMs: 60_000, subscriptions: ["S", "T"] });
    await claim("b", { buckets: [1] });
    await subscriptions().renew({ server: "a", leaseMs: 60_000, subscriptions: ["S"] });
    const before = proxy.roundTrips;
    const shares = await subscriptions().renew({ server: "a", leaseMs: 60_000, subscriptions: ["T", "S"] });
    expect(proxy.roundTrips - before).toBe(1);
    const at = { subscription: "S", position: 7 };
    expect(shares).toEqual([
      { subscription: "T", servers: ["a", "b"], buckets: [] },
      {
        subscription: "S",
        servers: ["a", "b"],
        buckets: [
          { ...at, bucket: 0, generation: 0 },
          { ...at, bucket: 1, generation: 1, owner: "b" },
          { ...at, bucket: 2, generation: 0 },
        ],
      },
    ]);
  });

  it("goes by the database's clock, whatever the clock of the process says", async () => {
    await lay(1);
    const real = Date.now;
    Date.now = () => real() + 3_600_000;
    try {
      await subscriptions().renew({ server: "fast", ...LEASE });
      expect(await claim("fast")).toHaveLength(1);
    } finally {
      Date.now = real;
    }
    const [{ seconds }] = await database.query(
      "SELECT extract(epoch FROM until - clock_timestamp())::float AS seconds FROM tidemark.server_leases",
    );
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    await subscriptions().renew({ server: "other", ...LEASE });
    expect(await claim("other")).toEqual([]);
  });

  it("that comes too late finds the buckets free, and can claim them again", async () => {
    await lay(2);
    await subscriptions().renew({ server: "a", ...LEASE });
    await claim("a");
    await expire("a");
    expect(ownersIn(await subscriptions().renew({ server: "a", ...LEASE }))).toEqual([[undefined, undefined]]);
    expect(await claim("a")).toMatchObject([{ generation: 2 }, { generation: 2 }]);
    expect(ownersIn(await subscriptions().renew({ server: "a", ...LEASE }))).toEqual([["a", "a"]]);
  });

  it("removes those who are long dead, but waits for nobody who holds their leases", async () => {
    for (const server of ["dead", "frozen", "late"]) await subscriptions().renew({ server, ...LEASE });
    await database.query(
      "UPDATE tidemark.server_leases SET until = clock_timestamp() - interval '1 hour' WHERE server IN ('dead', 'frozen')",
    );
    await expire("late");
    const holder = await database.connect();
    await holder.query("BEGIN; SELECT FROM tidemark.server_leases WHERE server = 'frozen' FOR UPDATE");
    await subscriptions().renew({ server: "a", ...LEASE });
    const servers = () => database.query("SELECT server FROM tidemark.server_leases ORDER BY server");
    expect(await servers()).toEqual([{ server: "a" }, { server: "frozen" }, { server: "late" }]);
    await holder.end();
    await subscriptions().renew({ server: "a", ...LEASE });
    expect(await servers()).toEqual([{ server: "a" }, { server: "late" }]);
  });

  it("of many who have been dead for long ends without a deadlock", async () => {
    const servers = Array.from({ length: 8 }, (_, n) => `server-${n}`);
    await Promise.all(servers.map((server) => subscriptions().renew({ server, ...LEASE })));
    for (let round = 0; round < 20; round++) {
      await database.query("UPDATE tidemark.server_leases SET until = clock_timestamp() - interval '1 hour'");
      await Promise.all(servers.map((server) => subscriptions().renew({ server, ...LEASE })));
    }
    const [share] = await subscriptions().renew({ server: servers[0]!, ...LEASE });
    expect(share!.servers).toContain("server-0");
  });
});

describe("a claim", () => {
  it("of eight servers at once gives each bucket to exactly one", async () => {
    const stores = Array.from({ length: 8 }, () => new PostgresEventStore({ url: database.url, poolSize: 1 }));
    const all = Array.from({ length: 16 }, (_, bucket) => bucket);
    await lay(16);
    const claims = stores.map(async ({ operations }, n) => {
      await operations.subscriptions.renew({ server: `server-${n}`, ...LEASE });
      return operations.subscriptions.claim({ server: `server-${n}`, subscription: "S", limit: 16 });
    });
    const claimed = await Promise.all(claims);
    expect(bucketsOf(claimed.flat()).sort((a, b) => a - b)).toEqual(all);
    expect(claimed.flat().every(({ generation }) => generation === 1)).toBe(true);
    const [owners] = ownersIn(await subscriptions().renew({ server: "server-0", ...LEASE }));
    expect(owners).toEqual(
      all.map((bucket) => `server-${claimed.findIndex((each) => bucketsOf(each).includes(bucket))}`),
    );
    for (const each of stores) await each.close();
  });

  it("of eight servers at once gives an expired bucket to exactly one, again and again", async () => {
    const stores = Array.from({ length: 8 }, () => new PostgresEventStore({ url: database.url, poolSize: 1 }));
    await lay(1);
    await subscriptions().renew({ server: "dead", ...LEASE });
    await claim("dead");
    for (let round = 2; round < 40; round++) {
      await database.query("UPDATE tidemark.server_leases SET until = clock_timestamp() - interval '1 ms'");
      const claims = stores.map(async ({ operations }, n) => {
        await operations.subscriptions.renew({ server: `${round}-${n}`, ...LEASE });
        return operations.subscriptions.claim({ server: `${round}-${n}`, subscription: "S", limit: 1 });
      });
      expect((await Promise.all(claims)).flat()).toEqual([
        { subscription: "S", bucket: 0, position: 7, generation: round },
      ]);
    }
    for (const each of stores) await each.close();
  });

  it("does not take what a server that is alive has, unless it is to", async () => {
    await lay(4);
    await subscriptions().renew({ server: "a", ...LEASE });
    await subscriptions().renew({ server: "b", ...LEASE });
    expect(bucketsOf(await claim("a", { limit: 2 }))).toEqual([0, 1]);
    expect(bucketsOf(await claim("b"))).toEqual([2, 3]);
    expect(await claim("b")).toEqual([]);
    expect(await claim("b", { fromOthers: true, buckets: [1, 2] })).toEqual([
      { subscription: "S", bucket: 1, position: 7, generation: 2 },
    ]);
  });

  it("gives nothing to a server without a lease, or with one that has ended", async () => {
    await lay(2);
    expect(await claim("nobody")).toEqual([]);
    await subscriptions().renew({ server: "a", ...LEASE });
    await expire("a");
    expect(await claim("a")).toEqual([]);
    expect((await subscriptions().checkpoints("S")).map(({ generation }) => generation)).toEqual([0, 0]);
  });

  it("passes over what a frozen claimant has locked, and waits for nobody", async () => {
    await lay(3);
    const frozen = await database.connect();
    await frozen.query("BEGIN; UPDATE tidemark.checkpoints SET owner = 'frozen' WHERE bucket = 0");
    await subscriptions().renew({ server: "a", ...LEASE });
    expect(bucketsOf(await claim("a", { limit: 2 }))).toEqual([1, 2]);
    expect(await claim("a", { fromOthers: true })).toEqual([]);
    await frozen.end();
    expect(bucketsOf(await claim("a"))).toEqual([0]);
  });

  it("from others has a bucket as soon as the flush is over that has locked it", async () => {
    await lay(3);
    for (const server of ["a", "b"]) await subscriptions().renew({ server, ...LEASE });
    await claim("a");
    const flush = await database.connect();
    await flush.query("BEGIN; UPDATE tidemark.checkpoints SET position = 8 WHERE bucket = 1");
    const connections = new Connections(checkedSettings({ url: database.url }), "the database");
    const leases = new Leases(connections, '"tidemark"', { patienceMs: 60_000 });
    const claimed = leases.claim({ server: "b", subscription: "S", limit: 100, fromOthers: true });
    for (let hasOthers = false; !hasOthers; ) {
      const rows = await database.query("SELECT bucket FROM tidemark.checkpoints WHERE owner = 'b'");
      hasOthers = rows.length === 2;
    }
    await flush.query("COMMIT");
    expect((await claimed).map(({ bucket, position }) => [bucket, position])).toEqual([
      [0, 7],
      [1, 8],
      [2, 7],
    ]);
    await flush.end();
    await connections.close();
  });

  it("leaves a bucket alone whose owner has joined since it looked", async () => {
    await lay(1);
    await subscriptions().renew({ server: "a", ...LEASE });
    const role = `claimant_${new URL(database.url).pathname.slice(-12)}`;
    // Holds the claim up between its look and its lock.
    await database.query(`
      CREATE FUNCTION tidemark.hold_up() RETURNS boolean LANGUAGE plpgsql AS $$
      BEGIN PERFORM pg_advisory_xact_lock(99); RETURN true; END $$;
      ALTER TABLE tidemark.server_leases ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
      CREATE POLICY held ON tidemark.server_leases USING (tidemark.hold_up());
      CREATE ROLE ${role} LOGIN PASSWORD 'c';
      GRANT USAGE ON SCHEMA tidemark TO ${role};
      GRANT SELECT ON tidemark.server_leases TO ${role};
      GRANT SELECT, UPDATE ON tidemark.checkpoints TO ${role};
    `);
    const url = new URL(database.url);
    [url.username, url.password] = [role, "c"];
    const claimant = new PostgresEventStore({ url: url.toString() });
    const holder = await database.connect();
    try {
      await holder.query("SELECT pg_advisory_lock(99)");
      const slow = claimant.operations.subscriptions.claim({ server: "a", subscription: "S", limit: 1 });
      for (let isWaiting = false; !isWaiting; ) {
        const rows = await database.query(
          "SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 99 AND NOT granted",
        );
        isWaiting = rows.length > 0;
      }
      await subscriptions().renew({ server: "b", ...LEASE });
      expect(await claim("b")).toHaveLength(1);
      await holder.query("SELECT pg_advisory_unlock_all()");
      expect(await slow).toEqual([]);
      expect(ownersIn(await subscriptions().renew({ server: "b", ...LEASE }))).toEqual([["b"]]);
    } finally {
      await holder.end();
      await claimant.close();
      await database.query(`
        DROP POLICY held ON tidemark.server_leases;
        ALTER TABLE tidemark.server_leases DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
        DROP FUNCTION tidemark.hold_up; DROP OWNED BY ${role}; DROP ROLE ${role};
      `);
    }
  });
});

describe("what a server gives back", () => {
  it("is free, under the generation that it had", async () => {
    await lay(3);
    await subscriptions().renew({ server: "a", ...LEASE });
    await subscriptions().renew({ server: "b", ...LEASE });
    await claim("a");
    await subscriptions().release("b", "S", [0]);
    await subscriptions().release("a", "S", [2, 1]);
    const [share] = await subscriptions().renew({ server: "b", ...LEASE });
    expect(share!.buckets.map(({ owner, generation }) => [owner, generation])).toEqual([
      ["a", 1],
      [undefined, 1],
      [undefined, 1],
    ]);
    expect(bucketsOf(await claim("b"))).toEqual([1, 2]);
  });

  it("by leaving is free at once, also where a transaction holds it", async () => {
    await lay(2);
    await subscriptions().renew({ server: "a", ...LEASE });
    await claim("a");
    const holder = await database.connect();
    await holder.query("BEGIN; SELECT FROM tidemark.checkpoints WHERE bucket = 0 FOR UPDATE");
    await subscriptions().leave("a");
    expect(ownersIn(await subscriptions().renew({ server: "b", ...LEASE }))).toEqual([[undefined, undefined]]);
    expect(bucketsOf(await claim("b"))).toEqual([1]);
    await holder.end();
    expect(bucketsOf(await claim("b"))).toEqual([0]);
  });
});

it("a former owner can move nothing any more, in the middle of several buckets either", async () => {
  await lay(3);
  await subscriptions().renew({ server: "a", ...LEASE });
  await subscriptions().renew({ server: "b", ...LEASE });
  const held = await claim("a");
  await claim("b", { fromOthers: true, buckets: [1] });
  const moves = held.map(({ subscription, bucket, position, generation }) => ({
    ...({ kind: "moveCheckpoint", subscription, bucket, from: position, to: 9, generation } as const),
  }));
  await expect(store.operations.flush(moves)).rejects.toMatchObject({
    code: "OPERATION_CONFLICT",
    details: { subject: 'checkpoint 1 of subscription "S"', actual: "position 7 under generation 2" },
  });
  expect((await subscriptions().checkpoints("S")).map(({ position }) => position)).toEqual([7, 7, 7]);
});
