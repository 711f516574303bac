import { PostgresEventStore, provider } from "@tidemark/postgres";

const URL = "postgres://app:secret@db.example:6432/bank";
const context = { root: "/", domain: "bank" };

it("needs nothing but a url", async () => {
  const store = provider.create(provider.settings.parse({ url: URL }), context);
  expect(store).toBeInstanceOf(PostgresEventStore);
  expect(store.description).toBe('PostgreSQL database "bank" at db.example:6432, schema "tidemark"');
  await store.close();
});

it("takes a schema of its own", async () => {
  const store = provider.create(provider.settings.parse({ url: URL, schema: "bank_2" }), context);
  expect(store.description).toContain('schema "bank_2"');
  await store.close();
});

it.each([
  [{}, 30_000],
  [{ failover_patience: "2m" }, 120_000],
  [{ failover_patience: "0s" }, 0],
])("repeats calls during a failover as long as %j says", async (setting, ms) => {
  const store = provider.create(provider.settings.parse({ url: URL, ...setting }), context);
  expect(store.patienceMs).toBe(ms);
  await store.close();
});

it.each([
  [["db1:6001", "db2", "[::1]:6003"], "db1:6001, db2:5432, [::1]:6003"],
  ["db1:6001, db2,[::1]:6003", "db1:6001, db2:5432, [::1]:6003"],
  ["DB1", "db1:5432"],
])("takes the hosts %j, and a url without any", async (hosts, named) => {
  for (const url of ["postgres://app:secret@/bank", "postgresql://app@/bank?sslmode=require", "postgres:///bank"]) {
    const store = provider.create(provider.settings.parse({ url, hosts }), context);
    expect(store.description).toBe(`PostgreSQL database "bank" at ${named}, schema "tidemark"`);
    await store.close();
  }
});

it("takes a url with a host that is among the hosts", async () => {
  const store = provider.create(
    provider.settings.parse({ url: URL, hosts: ["db0.example", "db.example:6432"] }),
    context,
  );
  expect(store.description).toContain("at db0.example:5432, db.example:6432,");
  await store.close();
});

it.each<[{ url?: string; hosts?: string | string[] }, string]>([
  [{ hosts: [] }, "its hosts are empty"],
  [{ hosts: "" }, 'number 1 of its hosts must look like "db1:5432"'],
  [{ hosts: ["db1", ""] }, 'number 2 of its hosts must look like "db1:5432"'],
  [{ hosts: ["db1", "postgres://app:secret@db2/bank"] }, "number 2 of its hosts must look like"],
  [{ hosts: ["secret@db1"] }, "number 1 of its hosts must look like"],
  [{ hosts: ["::1"] }, "number 1 of its hosts must look like"],
  [{ hosts: ["/var/run/postgresql"] }, "number 1 of its hosts must look like"],
  [{ hosts: ["db1:0"] }, 'its host "db1:0" must have a port from 1 to 65535'],
  [{ hosts: ["db1:65536"] }, 'its host "db1:65536" must have a port from 1 to 65535'],
  [{ hosts: ["db1:5432", "db2", "DB1"] }, 'its hosts name "db1:5432" twice'],
  [{ hosts: ["db1"], url: URL }, 'its url names the host "db.example:6432", which is not among its hosts'],
  [{ hosts: ["db.example"], url: URL }, 'its url names the host "db.example:6432", which is not among its hosts'],
  [{ hosts: ["db1"], url: "postgres://app:secret@/bank?host=/run" }, 'its url has the parameter "host", beside hosts'],
  [{ hosts: ["db1"], url: "mysql://app:secret@/bank" }, "its url must look like"],
  [{ url: "postgres://app:secret@/bank" }, "its url must look like"],
])("refuses %j, and says why without any secret", (settings, fault) => {
  const options = { url: "postgres://app:secret@/bank", ...settings };
  const { error } = provider.settings.safeParse(options);
  expect(error?.message).toContain(JSON.stringify(fault).slice(1, -1));
  expect(error?.message).not.toContain("secret");
  if (!Array.isArray(options.hosts)) return;
  const construct = () => new PostgresEventStore(options as never);
  expect(construct).toThrow(fault);
  expect(construct).not.toThrow("secret");
});

it.each([
  { schema: 'x"; DROP TABLE events; --' },
  { schema: "Bank" },
  { schema: "" },
  { schema: "a".repeat(64) },
  { pool_size: 0 },
  { pool_size: 1.5 },
  { pool_size: "10" },
  { statement_timeout_ms: -1 },
  { auto_migrate: "yes" },
  { failover_patience: 30 },
  { passwort: "x" },
])("refuses %j", (setting) => {
  expect(provider.settings.safeParse({ url: URL, ...setting }).success).toBe(false);
});

it("refuses a schema that is no plain name when it is made without a provider as well", () => {
  expect(() => new PostgresEventStore({ url: URL, schema: 'x"y' })).toThrow(/schema must match/);
});

it.each([Number.NaN, -1, "30s"])("refuses a patience of %j milliseconds", (failoverPatienceMs) => {
  const construct = () => new PostgresEventStore({ url: URL, failoverPatienceMs: failoverPatienceMs as number });
  expect(construct).toThrow(`its failoverPatienceMs must be a number of at least 0, not ${failoverPatienceMs}`);
});
