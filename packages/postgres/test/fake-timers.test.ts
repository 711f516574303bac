import type * as Postgres from "@tidemark/postgres";
import { PostgresEventStore } from "@tidemark/postgres";

import { FreshDatabase } from "./server/fresh-database";

const CATEGORY = "account";
const STREAM = { stream: "account-1", category: CATEGORY };

function message(n: number) {
  return { id: `event-${n}`, type: "Bank.DepositMade.v1", time: n, data: `{"n":${n}}`, metadata: "{}" };
}

describe("a store on PostgreSQL whose test has stopped the clock", () => {
  let database: FreshDatabase;
  beforeAll(async () => {
    database = await FreshDatabase.create();
  });
  afterAll(() => database?.drop());
  afterEach(() => jest.useRealTimers());

  /** Reads and writes with all that waits: for a connection, for other writers, for a notification, for the end. */
  async function useStore({ PostgresEventStore }: Pick<typeof Postgres, "PostgresEventStore">, schema: string) {
    const settings = { url: database.url, schema, poolSize: 2 };
    const [store, other] = [new PostgresEventStore(settings), new PostgresEventStore(settings)];
    await store.open();
    await other.open();
    let stop: (() => unknown) | undefined;
    const heard = new Promise<void>((resolve) => {
      void Promise.resolve(other.log.onAppend(resolve)).then((stopping) => {
        stop = stopping;
      });
    });
    const appends = Array.from({ length: 40 }, (_, n) =>
      (n % 2 === 0 ? store : other).log.append([{ ...STREAM, messages: [message(n)] }]),
    );
    await Promise.all(appends);
    await heard;
    const refusal = await store.log
      .append([{ ...STREAM, expectedVersion: 3, messages: [message(100)] }])
      .catch(({ code }) => code);
    const { page } = await store.load({ ...STREAM, limit: 100 });
    const { messages } = await store.log.readAll({ after: 0, limit: 100 });
    for await (const { faults } of store.verify()) expect(faults).toEqual([]);
    await stop?.();
    await store.close();
    await other.close();
    return { last: page.lastPosition, read: messages.length, refusal };
  }

  const USED = { last: 39, read: 40, refusal: "EXPECTED_VERSION_MISMATCH" };

  it("goes on where the modules were loaded before", async () => {
    jest.useFakeTimers();
    expect(await useStore({ PostgresEventStore }, "loaded_before")).toEqual(USED);
  });

  it("goes on where the modules are loaded afterwards", async () => {
    jest.useFakeTimers();
    let used: Promise<unknown> | undefined;
    jest.isolateModules(() => {
      used = useStore(require("@tidemark/postgres") as typeof Postgres, "loaded_afterwards");
    });
    expect(await used).toEqual(USED);
  });
});
