import { inspect, isDeepStrictEqual } from "node:util";
import { z } from "zod";

import { Aggregate, apply, DomainEvent, IncorrectUsageError, invariant, MemoryEventStore } from "../../src/index";
import { bank } from "../fixtures/bank";

class Opened extends DomainEvent({ owner: z.string(), nickname: z.string().optional() }) {}
class Deposited extends DomainEvent({ amount: z.number() }) {}
class NicknameDropped extends DomainEvent({}) {}

class Account extends Aggregate({
  owner: z.string(),
  balance: z.number().default(0),
  nickname: z.string().optional(),
}) {
  static open(id: string): Account {
    const account = Account.createNew({ id });
    account.raise(new Opened({ owner: "Ann", nickname: "A" }));
    return account;
  }

  deposit(amount: number): void {
    this.balance += amount;
  }

  @apply(Opened)
  onOpened(event: Opened): void {
    Object.assign(this, event);
  }

  @apply(Deposited)
  onDeposited(event: Deposited): void {
    this.#add(event.amount);
  }

  @apply(NicknameDropped)
  onNicknameDropped(): void {
    delete this.nickname;
  }

  #add(amount: number): void {
    this.balance += amount;
  }
}

describe("a field of an aggregate", () => {
  it("cannot be assigned by a caller", () => {
    const account = Account.open("a-1");
    const assign = () => (account.balance = 1e6);
    expect(assign).toThrow(IncorrectUsageError);
    expect(assign).toThrow('Cannot assign balance of Account "a-1": balance changes only in @apply; raise an event');
    expect(account.balance).toBe(0);
  });

  it("cannot be assigned by a method of the aggregate", () => {
    const account = Account.open("a-1");
    expect(() => account.deposit(5)).toThrow("balance changes only in @apply");
    expect(account.balance).toBe(0);
    account.raise(new Deposited({ amount: 5 }));
    expect(account.balance).toBe(5);
  });

  it("cannot be assigned before the first event", () => {
    expect(() => Object.assign(Account.createNew(), { owner: "Bob" })).toThrow("owner changes only in @apply");
  });

  it("cannot be assigned by an invariant, which makes the aggregate useless", () => {
    class Counter extends Aggregate({ count: z.number().default(0) }) {
      @invariant.post
      isCounted(): void {
        this.count++;
      }

      @apply(Deposited)
      onDeposited(event: Deposited): void {
        this.count += event.amount;
      }
    }
    const counter = Counter.createNew();
    expect(() => counter.raise(new Deposited({ amount: 1 }))).toThrow("count changes only in @apply");
    expect(() => counter.raise(new Deposited({ amount: 1 }))).toThrow("it refused an earlier change");
  });

  it("can be assigned by a private method that an @apply method calls, and by Object.assign in one", () => {
    const account = Account.open("a-1");
    account.raise(new Deposited({ amount: 3 }));
    expect({ ...account }).toEqual({ owner: "Ann", nickname: "A", balance: 3 });
  });

  it("can be deleted by an @apply method", () => {
    const account = Account.open("a-1");
    account.raise(new NicknameDropped());
    expect(account.nickname).toBeUndefined();
    account.raise(new Opened({ owner: "Bob", nickname: "B" }));
    expect(account.nickname).toBe("B");
  });

  it("is refused in every kind of instance that a repository gives", async () => {
    const eventStore = new MemoryEventStore();
    const { domain, Account } = bank({ eventStore, config: { snapshot_threshold: 1 } });
    await domain.init();
    const accounts = domain.repositoryFor(Account);
    await accounts.add(Account.open("A-1", "Alice", 10, "1"));
    await accounts.update("1", (account) => account.deposit(5));
    await domain.createSnapshot(Account, "1");
    const [loaded, earlier] = [await accounts.get("1"), await accounts.get("1", { atVersion: 0 })];
    expect(() => (loaded.balance = 1)).toThrow("balance changes only in @apply");
    expect(() => (earlier.balance = 1)).toThrow("it was loaded as of version 0 and is read-only");
    const change = (account: typeof loaded) => {
      account.balance += 1;
    };
    await expect(accounts.update("1", change)).rejects.toThrow(IncorrectUsageError);
    expect((await accounts.get("1")).balance).toBe(15);
    await domain.close();
  });

  it("is an own and enumerable property, so that aggregates are compared, copied and listed by their fields", () => {
    const [one, other] = [Account.open("a-1"), Account.open("a-1")];
    expect(Object.keys(one)).toEqual(["owner", "balance", "nickname"]);
    expect(one).toEqual(other);
    expect(isDeepStrictEqual({ ...one }, { ...other })).toBe(true);
    expect(structuredClone(one)).toEqual({ owner: "Ann", balance: 0, nickname: "A" });
    other.raise(new Deposited({ amount: 1 }));
    expect(one).not.toEqual(other);
    expect(one).toMatchObject({ owner: "Ann" });
    expect(inspect({ ...one })).toBe("{ owner: 'Ann', balance: 0, nickname: 'A' }");
  });

  it("is protected as well where the body of the class gives it a value", () => {
    const Base = class extends Aggregate({ balance: z.number().default(0) }) {};
    const body = "return class Gift extends Base { balance = 7; onDeposited(e) { this.balance += e.amount; } }";
    const Gift = new Function("Base", body)(Base) as typeof Base;
    const onDeposited = Object.getOwnPropertyDescriptor(Gift.prototype, "onDeposited");
    const decorate = apply(Deposited) as (target: object, method: string, descriptor: unknown) => void;
    decorate(Gift.prototype, "onDeposited", onDeposited);
    for (let made = 0; made < 2; made++) {
      const gift = Gift.createNew();
      expect(gift.balance).toBe(7);
      expect(() => (gift.balance = 1)).toThrow("balance changes only in @apply");
      gift.raise(new Deposited({ amount: 2 }));
      expect(gift.balance).toBe(9);
    }
  });
});
