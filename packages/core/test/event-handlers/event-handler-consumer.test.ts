import { Instances } from "../../src/commands/instances";
import { EventHandlerConsumer } from "../../src/event-handlers/event-handler-consumer";
import { MemoryEventStore } from "../../src/index";
import type { EventHandlerModel, HandlingMethod } from "../../src/model/event-handler-model";
import type { ConsumedEvent } from "../../src/subscriptions/reading/consumed-event";
import { consumedEvents } from "../projections/consumed";
import { ledger } from "../projections/ledger";

const NEVER = new AbortController().signal;
const TYPE = "Fidelis.Deposited.v1";

/** Deposits of three accounts, and a handler of them that notes which it was given. */
async function deposits(
  sequentialBy: EventHandlerModel["sequentialBy"],
  { isBatch = false, fails = (_amount: number): boolean => false } = {},
) {
  const store = new MemoryEventStore();
  const { domain, Account, Deposited, account } = ledger(store);
  await domain.init();
  const repository = domain.repositoryFor(Account);
  for (const [id, amount] of [
    ["a-1", 1],
    ["a-2", 2],
    ["a-1", 3],
    ["a-3", 4],
    ["a-2", 5],
  ] as const) {
    const found = (await repository.find(id)) ?? Account.open(id, "Ada");
    found.raise(new Deposited({ accountId: id, amount, tags: [] }));
    await repository.add(found);
  }
  const events = (await consumedEvents(store, account)).filter(({ type }) => type === TYPE);
  const calls: (number | readonly number[])[] = [];
  const method: HandlingMethod = { place: "notes", method: undefined, event: Deposited as never, isBatch };
  const call = (given: object) => {
    const amounts = (isBatch ? given : [given]) as readonly { readonly amount: number }[];
    for (const { amount } of amounts) if (fails(amount)) throw new Error(`no ${amount}`);
    calls.push(isBatch ? amounts.map(({ amount }) => amount) : amounts[0]!.amount);
  };
  const model: EventHandlerModel = {
    name: "notes",
    lane: "default",
    startFrom: "beginning",
    sequentialBy,
    retry: {},
    timeoutMs: undefined,
    methods: new Map([[TYPE, [method]]]),
    ofAll: [],
    sources: [account],
    handler: { call },
  };
  const consumer = new EventHandlerConsumer({
    model,
    instances: new Instances(undefined),
    commands: { nameOf: () => "", process: async () => undefined },
    lane: "default",
    retry: { attempts: 0, firstMs: 0, maxMs: 0 },
    timeoutMs: 1_000,
    batch: 500,
  });
  const consume = (takes?: (key: string) => boolean, some: readonly ConsumedEvent[] = events) =>
    consumer.begin().consume(some, { number: 1, signal: NEVER, takes });
  return { consumer, consume, events, calls };
}

const amountOf = (event: object) => (event as { readonly amount: number }).amount;
const accountOf = (event: object) => (event as { readonly accountId: string }).accountId;

describe("the keys of an event handler", () => {
  it("are the streams of its events where nothing is said", async () => {
    const { consumer, events } = await deposits("stream");
    expect(consumer.keysOf(events[0]!)).toEqual(["fidelis::account-a-1"]);
    expect([consumer.isOneLine, consumer.isGrouped, consumer.onFailure]).toEqual([false, false, "park"]);
  });

  it("are one for all events of one line, which stops at what it cannot do", async () => {
    const { consumer, events } = await deposits("all");
    expect(new Set(events.flatMap((event) => consumer.keysOf(event)))).toEqual(new Set(["all"]));
    expect([consumer.isOneLine, consumer.onFailure]).toEqual([true, "halt"]);
  });

  it("are what a function gives, and the stream where it gives nothing", async () => {
    const { consumer, events } = await deposits((event) => (amountOf(event) > 3 ? undefined : accountOf(event)));
    expect(events.map((event) => consumer.keysOf(event))).toEqual([
      ["a-1"],
      ["a-2"],
      ["a-1"],
      ["fidelis::account-a-3"],
      ["fidelis::account-a-2"],
    ]);
  });

  it("that cannot be told fail their event, which then has its stream for a key", async () => {
    const { consumer, consume, events, calls } = await deposits((event) => {
      if (amountOf(event) === 2) throw new Error("no key");
      return amountOf(event) === 4 ? "" : accountOf(event);
    });
    expect(consumer.keysOf(events[1]!)).toEqual(["fidelis::account-a-2"]);
    const { done, failure } = await consume();
    expect({ done, failure }).toMatchObject({
      done: 1,
      failure: { error: { message: "no key" }, place: "notes", isRetryable: false },
    });
    const others = await consume((key) => key !== "fidelis::account-a-2", events.slice(1));
    expect(others).toMatchObject({
      done: 2,
      failure: {
        error: {
          message:
            'Cannot tell the key of Fidelis.Deposited.v1: "sequentialBy" of notes gave none; an id has at least 1 character',
        },
      },
    });
    expect(calls).toEqual([1, 3]);
  });
});

describe("an event handler that is to do some keys only", () => {
  it("counts the events of the others as done", async () => {
    const { consume, calls } = await deposits(accountOf);
    expect(await consume((key) => key === "a-2")).toEqual({ done: 5, operations: [] });
    expect(calls).toEqual([2, 5]);
    expect(await consume((key) => key === "nobody")).toEqual({ done: 5, operations: [] });
    expect(calls).toEqual([2, 5]);
  });

  it("tells how far it got where one fails", async () => {
    const { consume, calls, events } = await deposits(accountOf, { fails: (amount) => amount === 5 });
    const { done, failure } = await consume((key) => key !== "a-1");
    expect(calls).toEqual([2, 4]);
    expect({ done, failure }).toMatchObject({ done: 4, failure: { error: { message: "no 5" }, isRetryable: true } });
    expect(events[done]?.event).toMatchObject({ amount: 5 });
  });

  it("is given the others as one array", async () => {
    const { consume, calls } = await deposits(accountOf, { isBatch: true });
    expect(await consume((key) => key !== "a-2")).toMatchObject({ done: 5 });
    expect(calls).toEqual([[1, 3, 4]]);
  });

  it("ends an array before an event whose key cannot be told", async () => {
    const fails = (event: object) => {
      if (amountOf(event) === 3) throw new Error("no key");
      return accountOf(event);
    };
    const { consume, calls } = await deposits(fails, { isBatch: true });
    expect(await consume()).toMatchObject({ done: 2, failure: { error: { message: "no key" } } });
    expect(calls).toEqual([[1, 2]]);
  });
});
