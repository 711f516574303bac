import { Aggregate, apply, ValidationError } from "@tidemark/core";
import { z } from "zod";

import { domain } from "../domain";
import { AccountOpened, DepositMade } from "./account-events";

@domain.aggregate({ eventSourced: true })
export class Account extends Aggregate({
  holderName: z.string().max(100),
  balance: z.number().default(0),
}) {
  static open(holderName: string): Account {
    const account = Account.createNew();
    account.raise(new AccountOpened({ accountId: account.id, holderName }));
    return account;
  }

  deposit(amount: number): void {
    if (amount <= 0) throw new ValidationError({ amount: ["Deposit amount must be positive"] });
    this.raise(new DepositMade({ accountId: this.id, amount }));
  }

  @apply(AccountOpened)
  onOpened(event: AccountOpened): void {
    this.holderName = event.holderName;
  }

  @apply(DepositMade)
  onDeposit(event: DepositMade): void {
    this.balance += event.amount;
  }
}
