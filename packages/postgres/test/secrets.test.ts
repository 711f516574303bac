import { inspect } from "node:util";

import { PostgresEventStore, provider } from "@tidemark/postgres";

import { events, request } from "./appended-events";
import { FreshDatabase } from "./server/fresh-database";

const SECRET = "s3cret-pa55word";

let database: FreshDatabase;

beforeAll(async () => {
  database = await FreshDatabase.create();
});
afterAll(() => database?.drop());

function everythingOf(value: unknown): string {
  const whole = { depth: Number.POSITIVE_INFINITY, showHidden: true };
  const text = value instanceof Error ? `${value.stack}${value.message}` : "";
  return [inspect(value), inspect(value, whole), JSON.stringify(value), String(value), text].join("\n");
}

async function failure(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error("It did not fail");
}

function withPassword(url: string, password: string): string {
  const changed = new URL(url);
  changed.password = password;
  return changed.toString();
}

it("shows no password of an open store", async () => {
  const store = new PostgresEventStore({ url: database.url });
  await store.open();
  const { password } = new URL(database.url);
  if (password !== "") expect(everythingOf(store)).not.toContain(password);
  expect(store.description).toMatch(/^PostgreSQL database "tidemark_test_\w+" at [\w.]+:\d+, schema "tidemark"$/);
  await store.close();
});

it("shows no password when the server refuses it, is not there, or has no such database", async () => {
  const missing = new URL(withPassword(database.url, SECRET));
  missing.pathname = "/no_such_database";
  const urls = [
    withPassword(database.url, SECRET),
    missing.toString(),
    `postgres://user:${SECRET}@127.0.0.1:1/x`,
    `postgres://user:${SECRET}@no-such-host.invalid/x`,
    `postgres://user@127.0.0.1:1/x?password=${SECRET}`,
  ];
  for (const url of urls) {
    const store = new PostgresEventStore({ url, schema: "never", connectTimeoutMs: 2_000 });
    const failures = [
      await failure(() => store.open()),
      await failure(() => store.migrate()),
      await failure(() => store.log.append([request("a-1", events(1))])),
    ];
    for (const error of failures) expect(everythingOf(error)).not.toContain(SECRET);
    expect(everythingOf(store)).not.toContain(SECRET);
    await store.close();
  }
});

it.each([
  `mysql://user:${SECRET}@localhost/x`,
  `postgres://user:${SECRET}@host:notaport/x`,
  `postgres://user:%zz${SECRET}@host/x`,
  `user:${SECRET}@host`,
  SECRET,
])("shows no password of a url that is none: %#", async (url) => {
  const error = await failure(() => new PostgresEventStore({ url }));
  expect(error).toMatchObject({ code: "INVALID_CONFIGURATION" });
  expect(everythingOf(error)).not.toContain(SECRET);
  const { success, error: complaint } = provider.settings.safeParse({ url });
  expect(success).toBe(false);
  expect(everythingOf(complaint)).not.toContain(SECRET);
});
