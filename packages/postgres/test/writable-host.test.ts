import { createServer, type Server } from "node:net";

import { PostgresEventStore, type PostgresEventStoreOptions } from "@tidemark/postgres";
import { CountingProxy, PrivateServer } from "@tidemark/testing/postgres-server";
import { Client } from "pg";

import { events, request } from "./appended-events";
import { ReplicatedServers } from "./server/replicated-servers";

const A = { stream: "a-1", category: "a" };

let servers: ReplicatedServers;
let stores: PostgresEventStore[];

beforeEach(async () => {
  stores = [];
  servers = await ReplicatedServers.start();
});
afterEach(async () => {
  await Promise.all(stores.map((store) => store.close()));
  await servers?.stop();
});

/** A store that knows one of the servers alone. */
function storeAt(server: PrivateServer): PostgresEventStore {
  const store = new PostgresEventStore({ url: servers.urlOf(server) });
  stores.push(store);
  return store;
}

function storeWith(options: Partial<PostgresEventStoreOptions> = {}): PostgresEventStore {
  const store = new PostgresEventStore({
    url: servers.url,
    hosts: servers.hosts,
    connectTimeoutMs: 2_000,
    ...options,
  });
  stores.push(store);
  return store;
}

/** Repeats what fails because the store is not there. */
async function repeated<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      expect(error).toMatchObject({ code: "STORE_UNAVAILABLE", isLasting: false });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** A port at which connections are accepted and nothing is ever answered. */
async function silentHost(): Promise<{ readonly host: string; readonly server: Server }> {
  const server = createServer((socket) => socket.resume().on("error", () => undefined)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return { host: `127.0.0.1:${(server.address() as { port: number }).port}`, server };
}

describe("with one primary", () => {
  it("writes to it wherever it stands among the hosts, and waits for no host that is gone or silent", async () => {
    const { host: silent, server } = await silentHost();
    const store = storeWith({
      hosts: ["127.0.0.1:1", silent, ...[...servers.hosts].reverse()],
      connectTimeoutMs: 120_000,
    });
    await store.open();
    await store.log.append([request("a-1", events(2), -1)]);
    expect(await store.log.version(A)).toBe(1);
    server.close();
  });

  it("asks the hosts for the first connection, and not for each of the others", async () => {
    const proxies = [await CountingProxy.before(servers.standby.url), await CountingProxy.before(servers.primary.url)];
    const store = storeWith({ hosts: proxies.map(({ url }) => new URL(url).host), poolSize: 30 });
    await store.open();
    await Promise.all(Array.from({ length: 30 }, (_, n) => store.log.append([request(`a-${n}`, events(2), -1)])));
    const [ofStandby, ofPrimary] = proxies.map(({ connections }) => connections);
    expect(ofPrimary).toBeGreaterThanOrEqual(10);
    // More than one, where the primary was slow to answer or the standby was looked at again meanwhile.
    expect(ofStandby).toBeLessThan(10);
    await store.close();
    await Promise.all(proxies.map((proxy) => proxy.close()));
  });

  it("says of each host why it takes no writes", async () => {
    const store = storeWith({ hosts: ["127.0.0.1:1", servers.standby.host] });
    await expect(store.open()).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      mayHaveHappened: false,
      isLasting: false,
      message: expect.stringMatching(
        /: none of the 2 hosts takes writes: 127\.0\.0\.1:1: no server listens there; 127\.0\.0\.1:\d+: the server is a standby, which takes no writes$/,
      ),
    });
  });

  it("does not use a standby that a url alone leads to, and does after its promotion", async () => {
    await storeWith().open();
    await servers.caughtUp();
    const store = storeAt(servers.standby);
    await expect(store.log.version(A)).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      mayHaveHappened: false,
      isLasting: false,
      message: expect.stringMatching(/: the server is a standby, which takes no writes; connect to the primary$/),
    });
    await servers.promote();
    await store.log.append([request("a-1", events(1), -1)]);
    expect(await store.log.version(A)).toBe(0);
  });

  it("refuses two servers that are not of one cluster", async () => {
    const other = await PrivateServer.start();
    const client = new Client({ connectionString: other.url });
    try {
      const { pathname, password } = new URL(servers.urlOf(servers.primary));
      await client.connect();
      await client.query(`CREATE DATABASE ${pathname.slice(1)}`);
      await client.query(`ALTER USER tidemark PASSWORD '${password}'`);
      await expect(storeWith({ hosts: [servers.primary.host, other.host] }).open()).rejects.toMatchObject({
        code: "STORE_UNAVAILABLE",
        isLasting: true,
        message: expect.stringMatching(/ both take writes, and neither has taken the other's place/),
      });
    } finally {
      await client.end();
      await other.stop();
    }
  });
});

describe("when a standby takes the place of the primary", () => {
  it("goes on there after the primary was killed, with every acknowledged event", async () => {
    const store = storeWith();
    await store.open();
    const reader = storeWith();
    const heard: number[] = [];
    await reader.log.onAppend(() => heard.push(Date.now()));
    await store.log.append([request("a-1", events(1), -1)]);
    await servers.caughtUp();
    await servers.primary.kill();
    const append = [request("a-1", events(1), 0)];
    await expect(store.log.append(append)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE", isLasting: false });
    await servers.promote();
    await repeated(() => store.log.append(append));
    expect(await store.log.version(A)).toBe(1);
    // The listener's own connection is made again, at the new primary.
    for (let marks = 0; marks === 0; ) {
      marks = (
        await servers.query(servers.standby, "SELECT FROM tidemark.listeners WHERE seen > now() - interval '4 seconds'")
      ).length;
    }
    const before = heard.length;
    await store.log.append([request("a-2", events(1), -1)]);
    while (heard.length === before) await new Promise((resolve) => setTimeout(resolve, 10));
    expect((await reader.log.readAll({ after: 0, limit: 10 })).messages).toHaveLength(3);
  });

  it("leaves a frozen primary long before the deadline of what waits there, and stays away when it wakes", async () => {
    const store = storeWith({ statementTimeoutMs: 300_000 });
    await store.open();
    await store.log.append([request("a-1", events(1), -1)]);
    await servers.caughtUp();
    const idle = Promise.all([store.log.version(A), store.log.version(A)]);
    await idle;
    servers.primary.freeze();
    const append = [request("a-1", events(1), 0)];
    const waiting = store.log.append(append).catch((error) => error);
    await servers.promote();
    expect(await waiting).toMatchObject({
      code: "STORE_UNAVAILABLE",
      mayHaveHappened: true,
      isLasting: false,
      message: expect.stringMatching(/another server takes the writes now; whether it was stored is not known/),
    });
    await repeated(() => store.log.append(append));
    servers.primary.thaw();
    await store.log.append([request("a-1", events(1), 1)]);
    expect(await store.log.version(A)).toBe(2);
    expect(await storeAt(servers.primary).log.version(A)).toBeLessThan(2);
    expect(await storeAt(servers.standby).log.version(A)).toBe(2);
  });

  it("takes the newer of two primaries, and never goes back to the older one", async () => {
    const before = storeWith();
    await before.open();
    await servers.caughtUp();
    await servers.promote();
    for (const hosts of [servers.hosts, [...servers.hosts].reverse()]) {
      const store = storeWith({ hosts });
      await store.log.append([request("a-1", events(1))]);
      expect(await storeAt(servers.primary).log.version(A)).toBe(-1);
    }
    // One that only reads, and whose server goes on answering, finds out too.
    while ((await repeated(() => before.log.version(A))) !== 1)
      await new Promise((resolve) => setTimeout(resolve, 100));
    await servers.standby.kill();
    await expect(repeatedOnce(() => before.log.version(A))).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      message: expect.stringMatching(/another server took its place: its timeline is 1, and 2 was seen before/),
    });
    await servers.standby.run();
    expect(await repeated(() => before.log.version(A))).toBe(1);
  });
});

/** The first failure after a server was killed may be that of a connection that was lost with it. */
async function repeatedOnce<T>(work: () => Promise<T>): Promise<T> {
  return await work().catch(work);
}
