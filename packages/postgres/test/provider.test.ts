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
