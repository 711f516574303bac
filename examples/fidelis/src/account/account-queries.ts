import { Query, read, type View } from "@tidemark/core";
import { z } from "zod";

import { domain } from "../fidelis";
import { AccountSummary } from "./account-summary";

const listedAccount = z.object({
  accountNumber: z.string(),
  holderName: z.string(),
  balance: z.number(),
  movements: z.int(),
  reviews: z.int(),
});

/** Asks for the active accounts with the highest balances. */
@domain.query({ of: AccountSummary })
export class RichestAccounts extends Query({ count: z.int().positive() }, { returns: z.array(listedAccount) }) {}

/** Asks how many accounts are active. */
@domain.query({ of: AccountSummary })
export class CountActiveAccounts extends Query({}, { returns: z.int() }) {}

@domain.queryHandler({ of: AccountSummary })
export class AccountQueryHandler {
  @read(RichestAccounts)
  async richest({ count }: RichestAccounts, accounts: View<AccountSummary>): Promise<readonly AccountSummary[]> {
    return await accounts.where("status", "=", "ACTIVE").orderBy("balance", "desc").limit(count).all();
  }

  @read(CountActiveAccounts)
  async countActive(_query: CountActiveAccounts, accounts: View<AccountSummary>): Promise<number> {
    return await accounts.where("status", "=", "ACTIVE").count();
  }
}
