import { IncorrectUsageError, MemoryEventStore } from "../../src/index";
import type { ProjectionModel } from "../../src/model/projection-model";
import type { Operation } from "../../src/ports/operations";
import { ProjectionConsumer } from "../../src/projections/projection-consumer";
import { rowFolding } from "../../src/projections/row-foldings";
import type { ConsumedEvent } from "../../src/subscriptions/reading/consumed-event";
import type { Consumption } from "../../src/subscriptions/reading/consumer";
import { consumedEvents } from "./consumed";
import { ledger, SUMMARY_METHODS } from "./ledger";

/** A projection on a store in memory that counts the reads of its rows. */
const NEVER = new AbortController().signal;

function projected(model: ProjectionModel, store: MemoryEventStore) {
  const folding = rowFolding(model);
  const { readModels } = store.operations;
  readModels.createTable(folding.table);
  const reads: (readonly string[])[] = [];
  const counting: Pick<typeof readModels, "rows"> = {
    rows(table, keys) {
      reads.push([...keys]);
      return readModels.rows(table, keys);
    },
  };
  const consumer = new ProjectionConsumer({ model, folding, readModels: counting, batch: 500 });
  const feed = consumer.begin();
  const consume = (events: readonly ConsumedEvent[], takes?: (key: string) => boolean) =>
    feed.consume(events, { number: 1, signal: NEVER, takes }) as Consumption;
  const flush = (events: readonly ConsumedEvent[], takes?: (key: string) => boolean) => {
    const consumption = consume(events, takes);
    store.operations.flush(consumption.operations as readonly Operation[]);
    consumption.stored?.();
    return consumption;
  };
  const row = (key: string) => {
    const [stored] = readModels.rows(folding.table, [key]) as readonly (readonly never[])[];
    return stored && folding.codec.decode(stored);
  };
  return { consumer, consume, flush, row, reads, folding };
}

async function opened() {
  const store = new MemoryEventStore();
  const parts = ledger(store);
  await parts.domain.init();
  const accounts = parts.domain.repositoryFor(parts.Account);
  const change = async (id: string, ...events: object[]) => {
    const account = (await accounts.find(id)) ?? parts.Account.open(id, "Ada");
    for (const event of events) account.raise(event as never);
    await accounts.add(account);
  };
  const events = () => consumedEvents(store, parts.account);
  const deposited = (accountId: string, amount: number, ...tags: string[]) =>
    new parts.Deposited({ accountId, amount, tags });
  return { ...parts, store, change, events, deposited };
}

const AT = new Date(1_700_000_000_000);

describe("ProjectionConsumer", () => {
  it("folds a batch in memory, reads its rows once and writes them once", async () => {
    const { summary, store, change, events, deposited } = await opened();
    await change("a-1", deposited("a-1", 5, "x"), deposited("a-1", 6, "y"));
    await change("a-2");
    const { flush, row, reads } = projected(summary(), store);
    const { done, operations, failure } = flush(await events());
    expect({ done, failure }).toEqual({ done: 4, failure: undefined });
    expect(operations.map(({ kind }) => kind)).toEqual(["upsertRows"]);
    expect(reads).toEqual([["a-1", "a-2"]]);
    expect(row("a-1")).toEqual({
      accountId: "a-1",
      holder: "Ada",
      balance: 11,
      tags: ["x", "y"],
      openedAt: AT,
      status: "ACTIVE",
    });
    expect(row("a-2")).toMatchObject({ balance: 0, tags: [] });
  });

  it("does not read the rows of the batch before again, unless that batch was not stored", async () => {
    const { summary, store, change, events, deposited } = await opened();
    await change("a-1", deposited("a-1", 5), deposited("a-1", 6));
    const [first, second, third] = (await events()) as [ConsumedEvent, ConsumedEvent, ConsumedEvent];
    const { flush, consume, row, reads } = projected(summary(), store);
    flush([first]);
    consume([second]);
    flush([second]);
    flush([third]);
    expect(reads).toEqual([["a-1"], ["a-1"]]);
    expect(row("a-1")).toMatchObject({ balance: 11 });
  });

  it("changes no event that is shared with other subscriptions", async () => {
    const { summary, store, change, events, deposited } = await opened();
    await change("a-1", deposited("a-1", 5, "x"), deposited("a-1", 6, "y"));
    const { flush } = projected(summary({ methods: { ...SUMMARY_METHODS } }), store);
    const all = await events();
    flush(all);
    expect(all[1]).toMatchObject({ event: { tags: ["x"] } });
  });

  it("keeps what came before an event that fails, and names the method and the key", async () => {
    const { summary, store, change, events, deposited } = await opened();
    await change("a-1", deposited("a-1", 5, "x"));
    const methods = {
      ...SUMMARY_METHODS,
      Deposited: { ...(SUMMARY_METHODS.Deposited as { method: string }), keysOf: () => ["nobody"] },
    };
    const { flush, row } = projected(summary({ methods }), store);
    const { done, failure } = flush(await events());
    expect(done).toBe(1);
    expect(failure).toMatchObject({ place: "Summary.deposited", isRetryable: false });
    expect(failure?.error).toBeInstanceOf(IncorrectUsageError);
    expect(failure?.error).toMatchObject({
      message:
        'Cannot apply Fidelis.Deposited.v1 in Summary.deposited: Summary has no row "nobody"; declare { creates: true } for an event that begins a row, or { missing: "ignore" }',
    });
    expect(row("a-1")).toMatchObject({ balance: 0, tags: [] });
  });

  it("does nothing of an event that fails at its second row", async () => {
    const { summary, store, change, events, Moved } = await opened();
    await change("a-1", new Moved({ from: "Ada", accountIds: ["a-1", "a-2"], holder: "Bob" }));
    const { flush, row } = projected(summary(), store);
    expect(flush(await events())).toMatchObject({ done: 1, failure: { place: "Summary.moved" } });
    expect(row("a-1")).toMatchObject({ holder: "Ada" });
  });

  it("names the row that failed, and does the other rows of the event", async () => {
    const { summary, store, change, events, deposited } = await opened();
    await change("a-1", deposited("a-1", 5));
    await change("a-2", deposited("a-2", 7));
    const methods = {
      ...SUMMARY_METHODS,
      Deposited: { ...(SUMMARY_METHODS.Deposited as { method: string }), keysOf: () => ["a-2", "nobody", "a-1"] },
    };
    const { consumer, flush, row } = projected(summary({ methods }), store);
    const all = await events();
    expect(consumer.keysOf(all[1] as ConsumedEvent)).toEqual(["a-2", "nobody", "a-1"]);
    const first = all.filter(({ type }) => type.includes("Opened"));
    const deposits = all.filter(({ type }) => type.includes("Deposited"));
    expect(flush(first).done).toBe(2);
    expect(flush(deposits)).toMatchObject({ done: 0, failure: { key: "nobody" } });
    const others = (key: string) => key !== "nobody";
    expect(flush(deposits, others)).toMatchObject({ done: 2 });
    expect([row("a-1"), row("a-2")]).toMatchObject([{ balance: 12 }, { balance: 12 }]);
  });

  it("passes over an event none of whose rows is to be done", async () => {
    const { summary, store, change, events, deposited } = await opened();
    await change("a-1", deposited("a-1", 5));
    await change("a-2", deposited("a-2", 7));
    const { flush, row, reads } = projected(summary(), store);
    const { done, failure } = flush(await events(), (key) => key === "a-2");
    expect({ done, failure }).toEqual({ done: 4, failure: undefined });
    expect(reads).toEqual([["a-2"]]);
    expect(row("a-1")).toBeUndefined();
    expect(row("a-2")).toMatchObject({ balance: 7 });
  });

  it("reads the row of a key again that somebody else went on with after it failed", async () => {
    const { summary, store, change, events, deposited } = await opened();
    await change("a-1", deposited("a-1", 5), deposited("a-1", 6));
    const [opening, , deposit] = (await events()) as [ConsumedEvent, ConsumedEvent, ConsumedEvent];
    const model = summary();
    const [reaction] = model.reactions.get("Fidelis.Deposited.v1")!;
    let isFailing = true;
    const apply: NonNullable<typeof reaction>["apply"] = (row, event, context) => {
      if (isFailing) throw new Error("not today");
      return reaction!.apply(row, event, context);
    };
    const reactions = new Map(model.reactions).set("Fidelis.Deposited.v1", [{ ...reaction!, apply }]);
    const { consumer, flush, row, reads } = projected({ ...model, reactions }, store);
    expect(flush([opening, deposit])).toMatchObject({ done: 1, failure: { key: "a-1" } });
    isFailing = false;
    const other = consumer.begin().consume([deposit], { number: 1, signal: NEVER }) as Consumption;
    store.operations.flush(other.operations as readonly Operation[]);
    reads.length = 0;
    flush([deposit]);
    expect(reads).toEqual([["a-1"]]);
    expect(row("a-1")).toMatchObject({ balance: 12 });
  });

  it("gives the id of the aggregate for the key of an event that cannot be read", async () => {
    const { summary, store, change, events, deposited } = await opened();
    await change("a-1", deposited("a-1", 5));
    const [opening, deposit] = (await events()) as [ConsumedEvent, ConsumedEvent];
    const { consumer, consume } = projected(summary(), store);
    const { type, aggregateId } = deposit;
    const damaged = Object.defineProperty({ type, aggregateId }, "event", {
      get: () => {
        throw new IncorrectUsageError("unreadable");
      },
    }) as ConsumedEvent;
    expect(consumer.keysOf(damaged)).toEqual(["a-1"]);
    expect(consume([opening, damaged])).toMatchObject({ done: 1, failure: { key: "a-1" } });
    expect(consume([opening, damaged], (key) => key !== "a-1")).toEqual({
      done: 2,
      operations: [],
      stored: expect.any(Function),
    });
  });

  it("passes over events of rows that may be missing", async () => {
    const { summary, store, change, events, deposited } = await opened();
    await change("a-1", deposited("a-1", 5));
    const { Opened, ...methods } = SUMMARY_METHODS;
    const ignoring = { ...methods, Deposited: { method: "deposited", missing: "ignore" as const } };
    const { flush } = projected(summary({ methods: ignoring }), store);
    expect(flush(await events())).toMatchObject({ done: 2, operations: [] });
    expect(Opened).toBeDefined();
  });

  it("makes a row again that the same batch deleted", async () => {
    const { summary, store, change, events, deposited, Erased, Opened } = await opened();
    await change("a-1", deposited("a-1", 5), new Erased({ accountId: "a-1" }));
    await change("a-1", new Opened({ accountId: "a-1", holder: "Bob", at: AT }), deposited("a-1", 2));
    await change("a-2", new Erased({ accountId: "a-2" }));
    const { flush, row } = projected(summary(), store);
    expect(flush(await events()).failure).toBeUndefined();
    expect(row("a-1")).toMatchObject({ holder: "Bob", balance: 2 });
    expect(row("a-2")).toBeUndefined();
  });

  it("refuses a row that no store could keep", async () => {
    const { summary, store, change, events, deposited } = await opened();
    await change("a-1", deposited("a-1", 5));
    const apply = (row: object) => void Object.assign(row, { balance: Number.NaN, holder: undefined });
    const model = summary();
    const [reaction] = model.reactions.get("Fidelis.Deposited.v1")!;
    const reactions = new Map(model.reactions).set("Fidelis.Deposited.v1", [{ ...reaction!, apply }]);
    const { flush } = projected({ ...model, reactions }, store);
    const { done, failure } = flush(await events());
    expect(done).toBe(1);
    expect(failure?.error).toMatchObject({
      message:
        'Cannot store row "a-1" of Summary after Summary.deposited: holder: it is not set; balance: expected a finite number, found NaN',
      details: { projection: "Summary", key: "a-1", place: "Summary.deposited" },
    });
  });

  it("refuses a method that returns a promise, and one that processes a command", async () => {
    const { summary, store, change, events } = await opened();
    await change("a-1");
    const model = summary();
    const [reaction] = model.reactions.get("Fidelis.Opened.v1")!;
    const failing = (apply: NonNullable<typeof reaction>["apply"]) => {
      const reactions = new Map([["Fidelis.Opened.v1", [{ ...reaction!, apply }]]]);
      return projected({ ...model, reactions }, store);
    };
    const all = await events();
    expect(failing(async () => undefined).flush(all).failure?.error).toMatchObject({
      message: "Summary.opened returned a promise: a method of a projection only assigns the fields of its row",
    });
    expect(failing((_row, _event, context) => context.process({} as never)).flush(all).failure?.error).toMatchObject({
      message:
        "Cannot process a command in Summary.opened: a projection only folds events; process commands in an event handler",
    });
  });

  it("tells a method the facts about its event", async () => {
    const { summary, store, change, events } = await opened();
    await change("a-1");
    const model = summary();
    const [reaction] = model.reactions.get("Fidelis.Opened.v1")!;
    const seen: unknown[] = [];
    const apply: NonNullable<typeof reaction>["apply"] = (row, event, context) => {
      const { eventId, type, stream, aggregateId, position, globalPosition, attempt } = context;
      seen.push({ eventId, type, stream, aggregateId, position, globalPosition, attempt });
      return reaction!.apply(row, event, context);
    };
    const [event] = (await events()) as [ConsumedEvent];
    projected({ ...model, reactions: new Map([["Fidelis.Opened.v1", [{ ...reaction!, apply }]]]) }, store).flush([
      event,
    ]);
    const { eventId, type, stream, aggregateId, position, globalPosition } = event;
    expect(seen).toEqual([{ eventId, type, stream, aggregateId, position, globalPosition, attempt: 1 }]);
  });

  it("keeps the states of an aggregate class, folded by its own methods", async () => {
    const { states, store, change, events, deposited, States } = await opened();
    await change("a-1", deposited("a-1", 5, "x"));
    const { flush, row, folding } = projected(states(["balance", "openedAt"]), store);
    const [opening, deposit] = (await events()) as [ConsumedEvent, ConsumedEvent];
    flush([opening]);
    expect(row("a-1")).toEqual({ id: "a-1", version: 0, balance: 0, openedAt: AT });
    const fresh = projected(states(["balance", "openedAt"]), store);
    fresh.flush([deposit]);
    expect(row("a-1")).toEqual({ id: "a-1", version: 1, balance: 5, openedAt: AT });
    expect(row("a-1")).toBeInstanceOf(States);
    expect(folding.table.columns.map(({ name }) => name)).toEqual([
      "id",
      "version",
      "balance",
      "opened_at",
      "_state",
      "_revision",
    ]);
    expect(fresh.flush([deposit]).failure?.error).toMatchObject({
      message: 'Cannot fold event 1 of stream "fidelis::account-a-1" into States: its row is at version 1',
    });
  });
});
