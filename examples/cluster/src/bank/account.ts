import { Aggregate, apply, ValidationError } from "@tidemark/core";
import { z } from "zod";

import { AccountOpened, DepositMade, MoneyReceived, MoneyReturned, MoneySent } from "./account-events";
import { domain } from "./bank";

@domain.aggregate({ eventSourced: true })
export class Account extends Aggregate({ balance: z.number().default(0) }) {
  static open(accountId: string, openingDeposit: number): Account {
    const account = Account.createNew({ id: accountId });
    account.raise(new AccountOpened({ accountId, openingDeposit }));
    return account;
  }

  deposit(amount: number, reference: string): void {
    this.raise(new DepositMade({ accountId: this.id, amount, reference }));
  }

  send(amount: number, transferId: string): void {
    if (this.balance < amount) throw new ValidationError({ balance: [`Account ${this.id} has too little money`] });
    this.raise(new MoneySent({ accountId: this.id, amount, transferId }));
  }

  receive(amount: number, transferId: string): void {
    this.raise(new MoneyReceived({ accountId: this.id, amount, transferId }));
  }

  takeBack(amount: number, transferId: string): void {
    this.raise(new MoneyReturned({ accountId: this.id, amount, transferId }));
  }

  @apply(AccountOpened)
  onOpened(event: AccountOpened): void {
    this.balance = event.openingDeposit;
  }

  @apply(DepositMade)
  onDeposit(event: DepositMade): void {
    this.balance += event.amount;
  }

  @apply(MoneySent)
  onSent(event: MoneySent): void {
    this.balance -= event.amount;
  }

  @apply(MoneyReceived)
  onReceived(event: MoneyReceived): void {
    this.balance += event.amount;
  }

  @apply(MoneyReturned)
  onReturned(event: MoneyReturned): void {
    this.balance += event.amount;
  }
}
