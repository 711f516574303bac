import { ExpectedVersionError, IncorrectUsageError } from "@tidemark/core";
import { PostgresEventStore } from "@tidemark/postgres";

import { events, request } from "./appended-events";
import { FreshDatabase } from "./server/fresh-database";

let database: FreshDatabase;
let store: PostgresEventStore;

beforeAll(async () => {
  database = await FreshDatabase.create();
  store = new PostgresEventStore({ url: database.url });
  await store.open();
});
afterAll(async () => {
  await store?.close();
  await database?.drop();
});

describe("append", () => {
  it("stores events of several streams in one call, numbered in the order of the request", async () => {
    const [first, second] = [events(2), events(1, 7)];
    const answer = await store.log.append([request("z-1", first, -1), request("a-1", second, -1)]);
    expect(answer).toEqual([
      { stream: "z-1", version: 1, globalPosition: 2 },
      { stream: "a-1", version: 0, globalPosition: 3 },
    ]);
    const { messages } = await store.log.readAll({ after: 0, limit: 10 });
    expect(messages.map(({ stream, position, data }) => [stream, position, data])).toEqual([
      ["z-1", 0, '{"amount":0}'],
      ["z-1", 1, '{"amount":1}'],
      ["a-1", 0, '{"amount":7}'],
    ]);
  });

  it("refuses a stale version with both versions, stores nothing and uses up no number", async () => {
    const [before] = await database.query("SELECT last_value FROM tidemark.global_positions");
    await expect(store.log.append([request("b-1", events(1), -1), request("z-1", events(1), 0)])).rejects.toMatchObject(
      {
        stream: "z-1",
        expected: 0,
        actual: 1,
      },
    );
    await expect(store.log.append([request("z-1", events(1), 5)])).rejects.toThrow(ExpectedVersionError);
    expect(await store.log.version({ stream: "b-1", category: "b" })).toBe(-1);
    expect(await database.query("SELECT last_value FROM tidemark.global_positions")).toEqual([before]);
  });

  it("answers a repeated append as it did the first time", async () => {
    const requests = [request("c-1", events(3), -1), request("c-2", events(1), -1)];
    const first = await store.log.append(requests);
    await store.log.append([request("c-1", events(1), 2)]);
    expect(await store.log.append(requests)).toEqual(first);
    expect(await store.log.version({ stream: "c-1", category: "c" })).toBe(3);
  });

  it("refuses an id that is stored elsewhere", async () => {
    const messages = events(1);
    await store.log.append([request("d-1", messages, -1)]);
    await expect(store.log.append([request("d-2", messages, -1)])).rejects.toThrow(IncorrectUsageError);
    await expect(store.log.append([request("d-3", [...events(1), ...messages])])).rejects.toThrow(IncorrectUsageError);
    expect(await store.log.version({ stream: "d-2", category: "d" })).toBe(-1);
    expect(await store.log.version({ stream: "d-3", category: "d" })).toBe(-1);
  });

  it("lets one of many writers with the same expected version through", async () => {
    const racing = Array.from({ length: 64 }, () => store.log.append([request("e-1", events(2), -1)]));
    const outcomes = await Promise.allSettled(racing);
    const refused = outcomes.filter((outcome) => outcome.status === "rejected").map(({ reason }) => reason);
    expect(refused).toHaveLength(63);
    for (const error of refused) expect(error).toMatchObject({ stream: "e-1", expected: -1, actual: 1 });
    expect(await store.log.readStream({ stream: "e-1", category: "e" }, { from: 0, limit: 10 })).toHaveLength(2);
  });

  it("stores the events of all writers that expect no version", async () => {
    await Promise.all(Array.from({ length: 32 }, (_, n) => store.log.append([request("f-1", events(2, n * 2))])));
    const stored = await store.log.readStream({ stream: "f-1", category: "f" }, { from: 0, limit: 100 });
    expect(stored.map(({ position }) => position)).toEqual(Array.from({ length: 64 }, (_, n) => n));
    expect(new Set(stored.map(({ data }) => data)).size).toBe(64);
  });

  it("lets writers of the same streams in opposite orders both through", async () => {
    const rounds = Array.from({ length: 40 }, (_, n) => {
      const pair = [request("g-1", events(1)), request("g-2", events(1))];
      return store.log.append(n % 2 === 0 ? pair : pair.reverse());
    });
    await Promise.all(rounds);
    expect(await store.log.version({ stream: "g-1", category: "g" })).toBe(39);
    expect(await store.log.version({ stream: "g-2", category: "g" })).toBe(39);
  });

  it("stores 20,000 events in one call", async () => {
    const [answer] = await store.log.append([request("h-1", events(20_000), -1)]);
    expect(answer).toMatchObject({ version: 19_999 });
    const { events: folded, more } = await store.log.loadPage({
      stream: "h-1",
      category: "h",
      after: -1,
      limit: 30_000,
    });
    expect(more).toBe(false);
    expect(folded).toHaveLength(40_000);
    expect(folded.at(-1)).toEqual({ amount: 19_999 });
  });
});
