import { AMOUNT, REFERENCE } from "./teller";

export const DEPOSIT_TYPE = "Bank.DepositMade.v1";

/** What a handler does between load and append: decide, and serialise the event. */
export function depositOf(accountId: string): string {
  if (AMOUNT <= 0) throw new Error("Deposit amount must be positive");
  return JSON.stringify({ accountId, amount: AMOUNT, reference: REFERENCE });
}
