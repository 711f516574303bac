import { type Domain, identifier, on, Projection } from "@tidemark/core";
import { z } from "zod";

import { AccountOpened, DepositMade, WithdrawalMade } from "../bank";
import { branchOf } from "./account-row";
import type { BookkeeperOptions } from "./bookkeeper";

interface SummaryOptions extends Partial<BookkeeperOptions> {
  readonly mode?: "async" | "inline";
  /** Called with each event. */
  readonly seen?: () => void;
}

/** Gives a bank a row for each account. */
export function declareSummary(domain: Domain, options: SummaryOptions) {
  const { version = 1, isIndexed = false, mode = "async", seen } = options;

  @domain.projection({ version, mode, indexes: isIndexed ? [["branch"]] : [] })
  class AccountSummary extends Projection({
    accountId: identifier(),
    holder: z.string(),
    branch: z.int(),
    balance: z.number(),
  }) {
    @on(AccountOpened, { creates: true })
    opened(event: AccountOpened): void {
      seen?.();
      this.holder = event.holderName;
      this.branch = branchOf(event.accountId);
      this.balance = event.openingDeposit;
    }

    @on(DepositMade)
    deposited(event: DepositMade): void {
      seen?.();
      this.balance += event.amount;
    }

    @on(WithdrawalMade)
    withdrawn(event: WithdrawalMade): void {
      seen?.();
      this.balance -= event.amount;
    }
  }
  return AccountSummary;
}
