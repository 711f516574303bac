import assert from "node:assert/strict";
import { tmpdir } from "node:os";

import {
  Aggregate,
  apply,
  Command,
  Domain,
  DomainEvent,
  Entity,
  handle,
  hasMany,
  IncorrectUsageError,
  identifier,
  ObjectNotFoundError,
} from "@tidemark/core";
import { given } from "@tidemark/testing";
import { z } from "zod";

import { bank } from "./fixtures/bank";

const { domain, Account, AccountOpened, DepositMade, WithdrawalMade, InterestPaid, ...others } = bank();
const { OpenAccount, MakeDeposit, MakeWithdrawal, Stumble, Forget } = others;

const opened = () => new AccountOpened({ accountId: "acc-1", holder: { name: "Alice" } });
const deposit = (amount: number, reference?: string) => new DepositMade({ accountId: "acc-1", amount, reference });
const makeDeposit = (amount: number) => new MakeDeposit({ accountId: "acc-1", amount });
const withdraw = (amount: number) => new MakeWithdrawal({ accountId: "acc-1", amount });

describe("given", () => {
  it("rejects a command whose handler forgets to add what it has changed", async () => {
    const result = await given(Account, opened()).process(new Forget({ accountId: "acc-1" }));
    expect(result.rejection).toBeInstanceOf(IncorrectUsageError);
    expect(result.rejectionMessages).toEqual([
      'Nothing was stored: Account "acc-1" has raised DepositMade and was not added; call add() of its repository',
    ]);
    expect(result.allEvents).toEqual([]);
  });

  it("rejects a command that changes state outside of @apply, at the top or inside of a field", async () => {
    const domain = new Domain("shop", { root: tmpdir() });

    @domain.event({ partOf: "Order" })
    class Placed extends DomainEvent({ orderId: identifier(), lines: z.array(z.string()) }) {}

    @domain.aggregate({ eventSourced: true })
    class Order extends Aggregate({ lines: z.array(z.string()).default([]) }) {
      @apply(Placed)
      onPlaced({ lines }: Placed): void {
        this.lines = lines;
      }
    }

    @domain.command({ partOf: Order })
    class Change extends Command({ orderId: identifier(), deep: z.boolean() }) {}

    class OrderCommandHandler {
      @handle(Change)
      async change({ orderId, deep }: Change): Promise<void> {
        const order = await domain.repositoryFor(Order).get(orderId);
        if (deep) order.lines.push("c");
        else order.lines = ["c"];
      }
    }

    domain.commandHandler({ partOf: Order })(OrderCommandHandler);
    const placed = given(Order, new Placed({ orderId: "o-1", lines: ["a"] }));
    const [shallow, deep] = [
      await placed.process(new Change({ orderId: "o-1", deep: false })),
      await placed.process(new Change({ orderId: "o-1", deep: true })),
    ];
    expect(shallow.rejectionMessages).toEqual([
      'Cannot assign lines of Order "o-1": lines changes only in @apply; raise an event',
    ]);
    expect(deep.rejectionMessages).toEqual([
      'A value in lines of Order "o-1" was changed outside of @apply, so no event tells of it; raise an event',
    ]);
    expect(deep.aggregate.lines).toEqual(["a"]);
  });

  it("processes a command after what happened, and tells what it made happen", async () => {
    const result = await given(Account, opened(), deposit(100)).process(withdraw(30));
    expect(result.accepted).toBe(true);
    expect(result.rejected).toBe(false);
    expect(result.rejection).toBeUndefined();
    expect(result.rejectionMessages).toEqual([]);
    expect(result.events).toEqual([new WithdrawalMade({ accountId: "acc-1", amount: 30 })]);
    expect(result.aggregate).toBeInstanceOf(Account);
    expect({ ...result.aggregate, id: result.aggregate.id, version: result.aggregate.version }).toEqual({
      id: "acc-1",
      version: 2,
      holderName: "Alice",
      balance: 70,
    });
  });

  it("begins with a command where nothing is given", async () => {
    const result = await given(Account).process(new OpenAccount({ name: "Bob" }));
    expect(result.returned).toBe(result.aggregate.id);
    expect(result.aggregate.holderName).toBe("Bob");
    expect(result.events).toEqual([new AccountOpened({ accountId: result.aggregate.id, holder: { name: "Bob" } })]);
  });

  it("tells the events of the last command and of all commands, the given ones not among them", async () => {
    const result = await given(Account, opened()).process(makeDeposit(1)).process(makeDeposit(2));
    expect(result.events).toEqual([deposit(2)]);
    expect(result.allEvents).toEqual([deposit(1), deposit(2)]);
  });

  it("records a rejection, of which nothing is stored", async () => {
    const result = await given(Account, opened(), deposit(10)).process(withdraw(11));
    expect(result.accepted).toBe(false);
    expect(result.rejected).toBe(true);
    expect(result.rejection).toMatchObject({ code: "VALIDATION_FAILED" });
    expect(result.rejectionMessages).toEqual(["Insufficient funds", "Ask for credit"]);
    expect(result.events).toEqual([]);
    expect(result.aggregate.balance).toBe(10);
  });

  it("records the rejection of a command to an aggregate that does not exist", async () => {
    const result = await given(Account).process(makeDeposit(1));
    expect(result.rejection).toBeInstanceOf(ObjectNotFoundError);
    expect(result.rejectionMessages).toEqual([result.rejection?.message]);
  });

  it("goes on after a rejection, and is accepted when the last command is", async () => {
    const result = await given(Account, opened()).process(withdraw(1)).process(makeDeposit(5)).process(withdraw(2));
    expect(result.accepted).toBe(true);
    expect(result.rejection).toBeUndefined();
    expect(result.allEvents).toEqual([deposit(5), new WithdrawalMade({ accountId: "acc-1", amount: 2 })]);
    expect(result.aggregate.balance).toBe(3);
  });

  it("throws what a handler throws that is no rejection", async () => {
    const stumbling = given(Account, opened())
      .process(new Stumble({ accountId: "acc-1" }))
      .process(makeDeposit(1));
    await expect(stumbling).rejects.toThrow(new TypeError("stumbled"));
  });

  it("throws for given events that the aggregate cannot fold, which is no rejection of the command", async () => {
    const shop = new Domain("shop", { root: tmpdir() });
    class Line extends Entity({ sku: z.string() }) {}
    @shop.event({ partOf: "Order" })
    class LineRemoved extends DomainEvent({ orderId: identifier(), lineId: z.string() }) {}
    @shop.aggregate({ eventSourced: true })
    class Order extends Aggregate({ lines: hasMany(Line) }) {
      @apply(LineRemoved)
      onRemoved({ lineId }: LineRemoved): void {
        this.lines.remove(lineId);
      }
    }
    @shop.command({ partOf: Order })
    class Look extends Command({ orderId: identifier() }) {}
    @shop.commandHandler({ partOf: Order })
    class OrderHandler {
      @handle(Look)
      async look({ orderId }: Look): Promise<void> {
        await shop.repositoryFor(Order).get(orderId);
      }
    }
    expect(OrderHandler).toBeDefined();
    const looking = given(Order, new LineRemoved({ orderId: "1", lineId: "7" })).process(new Look({ orderId: "1" }));
    await expect(looking).rejects.toThrow(
      'Cannot read position 0 of stream "shop::order-1": its event "Shop.LineRemoved.v1" cannot be folded: There is no Line with id "7"',
    );
  });

  it("is neither accepted nor rejected without a command, and shows what the given events make", async () => {
    const result = await given(Account, opened(), deposit(7));
    expect([result.accepted, result.rejected]).toEqual([false, false]);
    expect([result.events, result.allEvents]).toEqual([[], []]);
    expect(result.aggregate.balance).toBe(7);
  });

  it("processes a command with the options of domain.process: under one idempotency key once", async () => {
    const twice = given(Account, opened())
      .process(makeDeposit(1), { idempotencyKey: "k-1" })
      .process(makeDeposit(1), { idempotencyKey: "k-1" });
    const result = await twice;
    expect([result.accepted, result.events, result.allEvents]).toEqual([true, [], [deposit(1)]]);
    expect((await twice.process(makeDeposit(1))).aggregate.balance).toBe(2);
  });

  it("lets further events happen between commands, which belong to no command", async () => {
    const result = await given(Account, opened())
      .process(makeDeposit(1))
      .after(deposit(10), deposit(20))
      .process(withdraw(31));
    expect(result.events).toEqual([new WithdrawalMade({ accountId: "acc-1", amount: 31 })]);
    expect(result.allEvents).toEqual([deposit(1), ...result.events]);
    expect(result.aggregate.balance).toBe(0);
  });

  it("takes given events as they are: no invariant refuses history", async () => {
    const result = await given(Account, opened(), new WithdrawalMade({ accountId: "acc-1", amount: 5 }));
    expect(result.aggregate.balance).toBe(-5);
  });

  it("gives several tests one beginning", async () => {
    const beginning = given(Account, opened(), deposit(10));
    const [one, other] = await Promise.all([beginning.process(withdraw(10)), beginning.process(makeDeposit(1))]);
    expect([one.aggregate.balance, other.aggregate.balance]).toEqual([0, 11]);
  });

  it("runs once, however often it is awaited", async () => {
    const chain = given(Account).process(new OpenAccount({ name: "Bob" }));
    expect((await chain).returned).toBe((await chain).returned);
  });

  it("refuses a class in the place of an event, and an event of no aggregate", async () => {
    await expect(given(Account, AccountOpened as never)).rejects.toThrow(
      "Cannot take the class AccountOpened as an event that happened: it is no registered event of an aggregate: give an instance, new AccountOpened({…})",
    );
    await expect(given(Account, { amount: 1 } as never)).rejects.toThrow(IncorrectUsageError);
  });

  it("refuses what is neither a class nor an event", () => {
    expect(() => given(domain, 5 as never)).toThrow(
      "given takes events, or an aggregate, an event handler or a process manager before them: given(Account, new AccountOpened({…}))",
    );
  });
});

describe("the events of a result", () => {
  it("equal new ones by node's strictest comparison: dates, nested values, defaults and absent ones", async () => {
    const born = new Date("2001-02-03T04:05:06.789Z");
    const result = await given(Account).process(new OpenAccount({ name: "Bob", born }));
    const accountId = result.aggregate.id;
    assert.deepStrictEqual(result.events, [new AccountOpened({ accountId, holder: { name: "Bob", born } })]);
    expect(result.events).toStrictEqual([new AccountOpened({ accountId, holder: { born, name: "Bob" }, tags: [] })]);
  });

  it("equal new ones whether an absent value is left out or undefined", async () => {
    const { events } = await given(Account, opened()).process(makeDeposit(1));
    assert.deepStrictEqual(events, [new DepositMade({ accountId: "acc-1", amount: 1 })]);
    assert.deepStrictEqual(events, [new DepositMade({ amount: 1, reference: undefined, accountId: "acc-1" })]);
  });

  it("differ from those of another class with the same values", async () => {
    const { events } = await given(Account, opened()).process(makeDeposit(1));
    const other = new WithdrawalMade({ accountId: "acc-1", amount: 1 });
    assert.throws(() => assert.deepStrictEqual(events, [other]), /WithdrawalMade/);
  });

  it("are frozen at every depth", async () => {
    const { events } = await given(Account).process(new OpenAccount({ name: "Bob" }));
    const [event] = events as InstanceType<typeof AccountOpened>[];
    expect([event, event?.holder, event?.tags].map(Object.isFrozen)).toEqual([true, true, true]);
  });

  it("can be had by class", async () => {
    const result = await given(Account, opened()).process(makeDeposit(4));
    expect(result.eventsOf(DepositMade).map(({ amount }) => amount)).toEqual([4]);
    expect(result.eventsOf(InterestPaid)).toEqual([]);
  });
});
