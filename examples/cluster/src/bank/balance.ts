import { identifier, on, Projection } from "@tidemark/core";
import { z } from "zod";

import { AccountOpened, DepositMade, MoneyReceived, MoneyReturned, MoneySent } from "./account-events";
import { domain } from "./bank";

/** A row for each account: what is on it, and how often that has changed. */
@domain.projection({})
export class Balance extends Projection({
  accountId: identifier(),
  balance: z.number().default(0),
  movements: z.int().default(0),
}) {
  @on(AccountOpened, { creates: true })
  opened(event: AccountOpened): void {
    this.balance = event.openingDeposit;
  }

  @on(DepositMade)
  deposited(event: DepositMade): void {
    this.move(event.amount);
  }

  @on(MoneySent)
  sent(event: MoneySent): void {
    this.move(-event.amount);
  }

  @on(MoneyReceived)
  received(event: MoneyReceived): void {
    this.move(event.amount);
  }

  @on(MoneyReturned)
  returned(event: MoneyReturned): void {
    this.move(event.amount);
  }

  private move(amount: number): void {
    this.balance += amount;
    this.movements += 1;
  }
}
