import { identifier, on, Projection } from "@tidemark/core";
import { z } from "zod";

import { ReviewOpened } from "../compliance/review-events";
import { domain } from "../fidelis";
import { AccountClosed, AccountOpened, DepositMade, WithdrawalMade } from "./account-events";

/** The rows of the dashboard, one for each account. */
@domain.projection({ indexes: [["status", "balance"]] })
export class AccountSummary extends Projection({
  accountId: identifier(),
  accountNumber: z.string(),
  holderName: z.string(),
  balance: z.number().default(0),
  movements: z.int().default(0),
  reviews: z.int().default(0),
  status: z.enum(["ACTIVE", "CLOSED"]).default("ACTIVE"),
}) {
  @on(AccountOpened, { creates: true })
  opened(event: AccountOpened): void {
    this.accountNumber = event.accountNumber;
    this.holderName = event.holderName;
    this.balance = event.openingDeposit;
  }

  @on(DepositMade)
  deposited(event: DepositMade): void {
    this.balance += event.amount;
    this.movements += 1;
  }

  @on(WithdrawalMade)
  withdrawn(event: WithdrawalMade): void {
    this.balance -= event.amount;
    this.movements += 1;
  }

  @on(AccountClosed)
  closed(_event: AccountClosed): void {
    this.status = "CLOSED";
  }

  @on(ReviewOpened)
  reviewed(_event: ReviewOpened): void {
    this.reviews += 1;
  }
}
