import {
  Aggregate,
  aggregate,
  apply,
  DomainEvent,
  event,
  identifier,
  invariant,
  ValidationError,
} from "@tidemark/core";
import { z } from "zod";

@event({ partOf: "Account" })
export class AccountOpened extends DomainEvent({ accountId: identifier(), holder: z.string() }) {}

@event({ partOf: "Account" })
export class MoneyMoved extends DomainEvent({ accountId: identifier(), amount: z.number() }) {}

@event({ partOf: "Account" })
export class HolderRenamed extends DomainEvent({ accountId: identifier(), holder: z.string() }) {}

@aggregate({ eventSourced: true })
export class Account extends Aggregate({
  holder: z.string().min(1).max(100),
  balance: z.number().default(0),
}) {
  static open(holder: string): Account {
    const account = Account.createNew();
    account.raise(new AccountOpened({ accountId: account.id, holder }));
    return account;
  }

  move(amount: number): void {
    this.raise(new MoneyMoved({ accountId: this.id, amount }));
  }

  rename(holder: string): void {
    this.raise(new HolderRenamed({ accountId: this.id, holder }));
  }

  @invariant.post
  balanceMustNotBeNegative(): void {
    if (this.balance < 0) throw new ValidationError({ balance: ["Insufficient funds"] });
  }

  @apply(AccountOpened)
  onOpened({ holder }: AccountOpened): void {
    this.holder = holder;
  }

  @apply(MoneyMoved)
  onMoved({ amount }: MoneyMoved): void {
    this.balance += amount;
  }

  @apply(HolderRenamed)
  onRenamed({ holder }: HolderRenamed): void {
    this.holder = holder;
  }
}
