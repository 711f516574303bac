import { EventStore, MemoryEventStore, type StreamAppend } from "@tidemark/core";

describe("EventStore", () => {
  let ids = 0;
  const adapter = () => new MemoryEventStore();
  const storeOver = (memory: MemoryEventStore, maxEventBytes = 1_000): EventStore =>
    new EventStore(memory, { ids: () => `made-up-${ids++}`, clock: () => new Date(77), maxEventBytes });

  beforeEach(() => {
    ids = 0;
  });

  it("makes up the id, the time and the metadata of an event that has none", async () => {
    const store = storeOver(adapter());
    await store.append([{ stream: "account-1", events: [{ type: "A", data: {} }] }]);
    expect(await store.readLast("account-1")).toEqual({
      id: "made-up-0",
      type: "A",
      stream: "account-1",
      position: 0,
      globalPosition: 1,
      time: new Date(77),
      data: {},
      metadata: {},
    });
  });

  it("names the event, the stream and the path of a value that cannot be stored", async () => {
    const events = [
      { type: "A", data: {} },
      { type: "A", data: { lines: [{ amount: Number.NaN }] } },
    ];
    await expect(storeOver(adapter()).append([{ stream: "account-1", events }])).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
      message: 'data of event 1 for stream "account-1" is not valid: lines.0.amount: NaN cannot be stored as a number',
    });
  });

  it("names size, cap and setting of data that is too large", async () => {
    const data = { text: "é".repeat(10) };
    const append = (maxEventBytes: number) =>
      storeOver(adapter(), maxEventBytes).append([{ stream: "account-1", events: [{ type: "A", data }] }]);
    await expect(append(31)).resolves.toHaveLength(1);
    await expect(append(30)).rejects.toThrow("it takes 31 bytes, max_event_bytes allows 30");
  });

  it("keeps the metadata of each event, whether events share an object or not", async () => {
    const store = storeOver(adapter());
    const shared = { by: "import" };
    const events = [shared, shared, undefined, { by: "hand" }, shared, {}].map((metadata) => ({
      type: "A",
      data: {},
      ...(metadata && { metadata }),
    }));
    await store.append([{ stream: "account-1", events }]);
    shared.by = "later";
    await store.append([{ stream: "account-1", events: events.slice(0, 1) }]);
    const read = [];
    for await (const { metadata } of store.read("account-1")) read.push(metadata);
    const [imported, byHand, later] = [{ by: "import" }, { by: "hand" }, { by: "later" }];
    expect(read).toEqual([imported, imported, {}, byHand, imported, {}, later]);
    expect(new Set(read).size).toBe(7);
  });

  it("refuses two events with one id, and writes neither", async () => {
    const memory = adapter();
    const store = storeOver(memory);
    const event = (id?: string) => ({ type: "A", data: {}, ...(id !== undefined && { id }) });
    const append = (...events: { type: string; data: object }[]) => store.append([{ stream: "account-1", events }]);
    await expect(append(event("x"), event(), event("x"))).rejects.toMatchObject({
      code: "INCORRECT_USAGE",
      message: 'Cannot append two events with the id "x"',
    });
    ids = 0;
    await expect(append(event("made-up-0"), event())).rejects.toMatchObject({
      code: "INCORRECT_USAGE",
      message: 'Cannot append to stream "account-1": two of its events have the id "made-up-0"',
    });
    expect(memory.log.size).toBe(0);
  });

  it("holds metadata to the same cap", async () => {
    const events = [{ type: "A", data: {}, metadata: { text: "x".repeat(1_000) } }];
    await expect(storeOver(adapter()).append([{ stream: "account-1", events }])).rejects.toThrow(
      'metadata of event 0 for stream "account-1" is not valid: it takes 1011 bytes',
    );
  });

  it("refuses what is no append, before anything is written", async () => {
    const memory = adapter();
    const good: StreamAppend = { stream: "account-1", events: [{ type: "A", data: {} }] };
    const wrong: unknown[] = [
      undefined,
      {},
      "account-1",
      [good, null],
      [good, 7],
      [good, { stream: "account-2" }],
      [good, { stream: "account-2", events: [] }],
      [good, { stream: "account-2", events: {} }],
      [good, { stream: "account-2", events: [null] }],
      [good, { stream: "account-2", events: ["A"] }],
      [good, { stream: "account-2", events: [{ data: {} }] }],
    ];
    for (const appends of wrong) {
      await expect(storeOver(memory).append(appends as StreamAppend[])).rejects.toMatchObject({
        code: "INCORRECT_USAGE",
      });
    }
    expect(memory.log.readAll({ after: 0, limit: 10 })).toEqual({ messages: [], upTo: 0, atEnd: true });
  });

  it("refuses a snapshot of another type or with metadata, which a snapshot stream could not give back", async () => {
    for (const more of [{ type: "Other" }, { metadata: { a: 1 } }]) {
      const events = [{ type: "SNAPSHOT", data: {}, ...more }];
      await expect(storeOver(adapter()).append([{ stream: "account:snapshot-1", events }])).rejects.toMatchObject({
        code: "INCORRECT_USAGE",
      });
    }
  });

  it("names stream and position of a message that is not JSON", async () => {
    const memory = adapter();
    const messages = ["{}", '{"torn'].map((data, n) => ({ id: `${n}`, type: "A", time: 0, data, metadata: "{}" }));
    await memory.log.append([{ stream: "account-1", category: "account", messages }]);
    await expect(storeOver(memory).readLast("account-1")).rejects.toMatchObject({
      code: "DESERIALIZATION_FAILED",
      details: { stream: "account-1", position: 1, reason: "its data is not valid JSON" },
    });
  });

  it("reads a category of snapshots stream by stream, from the beginning only", async () => {
    const store = storeOver(adapter());
    const snapshots = (...versions: number[]) => versions.map((version) => ({ type: "SNAPSHOT", data: { version } }));
    await store.append([
      { stream: "account:snapshot-b", events: snapshots(3, 1) },
      { stream: "account:snapshot-a", events: snapshots(9) },
    ]);
    const read = async (options: object) => {
      const found: string[] = [];
      for await (const { stream, position } of store.readCategory("account:snapshot", options)) {
        found.push(`${stream}@${position}`);
      }
      return found;
    };
    const all = ["account:snapshot-a@9", "account:snapshot-b@1", "account:snapshot-b@3"];
    expect(await read({})).toEqual(all);
    expect(await read({ limit: 2 })).toEqual(all.slice(0, 2));
    expect(await read({ limit: 0 })).toEqual([]);
    await expect(read({ after: 1 })).rejects.toThrow("snapshots have no global position");
  });

  it("reads everything but the records of commands, wherever they stand between events", async () => {
    const memory = adapter();
    const categories = [
      "account",
      "account:command",
      "account:command",
      "account",
      "order",
      "order:command",
      "account",
    ];
    for (const [n, category] of categories.entries()) {
      const messages = [{ id: `${n}`, type: "A", time: 0, data: "{}", metadata: "{}" }];
      await memory.log.append([{ stream: `${category}-${n}`, category, messages }]);
    }
    const read = [];
    for await (const { stream } of storeOver(memory).readAll()) read.push(stream);
    expect(read).toEqual(["account-0", "account-3", "order-4", "account-6"]);
  });

  it("reads the text of an event that is no JSON, by its global position", async () => {
    const memory = adapter();
    const ref = { stream: "account-1", category: "account" };
    const message = { id: "e-1", type: "A", time: 77, data: '{"amount":1', metadata: "{}" };
    await memory.log.append([{ ...ref, messages: [message] }]);
    const store = storeOver(memory);
    await expect(store.readLast("account-1")).rejects.toMatchObject({ code: "DESERIALIZATION_FAILED" });
    expect(await store.readText(1)).toEqual({
      id: "e-1",
      type: "A",
      stream: "account-1",
      position: 0,
      globalPosition: 1,
      time: new Date(77),
      data: '{"amount":1',
      metadata: "{}",
    });
    expect(await store.readText(2)).toBeUndefined();
    expect(await store.readText(0)).toBeUndefined();
  });
});
