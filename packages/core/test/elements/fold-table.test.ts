import { z } from "zod";
import { foldsOf, foldTable } from "../../src/elements/fold-table";
import { Aggregate, type AggregateClass, apply, DomainEvent } from "../../src/index";
import type { Class } from "../../src/metadata/class-types";

class Opened extends DomainEvent({}) {}
class Closed extends DomainEvent({}) {}
class Locked extends DomainEvent({}) {}

class Account extends Aggregate({ status: z.string().default("new") }) {
  @apply
  onOpened(_event: Opened): void {
    this.status = "open";
  }
}

class Savings extends Account {
  @apply(Closed)
  onClosed(_event: Closed): void {
    this.status = "closed savings";
  }
}

class Credit extends Account {
  override onOpened(_event: Opened): void {
    this.status = "open credit";
  }

  @apply(Locked)
  onLocked(_event: Locked): void {
    this.status = "locked credit";
  }
}

class Premium extends Account {
  @apply(Opened)
  override onOpened(_event: Opened): void {
    this.status = "open premium";
  }
}

const named = (type: AggregateClass) =>
  Object.fromEntries([...foldTable(type as Class)].map(([event, method]) => [event.name, method]));

describe("@apply methods of subclasses", () => {
  it("are those of the parent and their own, which neither parent nor siblings see", () => {
    expect({ account: named(Account), savings: named(Savings), credit: named(Credit) }).toEqual({
      account: { Opened: "onOpened" },
      savings: { Opened: "onOpened", Closed: "onClosed" },
      credit: { Opened: "onOpened", Locked: "onLocked" },
    });
    expect(() => Savings.createNew().raise(new Locked())).toThrow("Savings cannot raise Locked");
    expect(() => Account.createNew().raise(new Closed())).toThrow("Account cannot raise Closed");
  });

  it("fold as the subclass overrides them", () => {
    const states = [Account, Savings, Credit, Premium].map((type) => {
      const account = type.createNew();
      account.raise(new Opened());
      return account.status;
    });
    expect(states).toEqual(["open", "open", "open credit", "open premium"]);
  });

  it("are mentioned once where the subclass decorates the overriding method again", () => {
    expect(foldsOf(Premium as AggregateClass as Class)).toEqual([{ method: "onOpened", event: Opened }]);
  });
});

describe("an @apply method", () => {
  it("may fold several events, and be named by a symbol", () => {
    const onEnd = Symbol("onEnd");
    class Loan extends Aggregate({ status: z.string().default("new") }) {
      @apply(Closed)
      @apply(Locked)
      [onEnd](event: Closed | Locked): void {
        this.status = event.constructor.name;
      }
    }
    const loan = Loan.createNew();
    loan.raise(new Locked());
    expect(loan.status).toBe("Locked");
    loan.raise(new Closed());
    expect(loan.status).toBe("Closed");
  });
});
