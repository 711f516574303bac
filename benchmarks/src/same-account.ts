import type { Account } from "./bank";
import type { PlainAccount } from "./hand-written-fold";

/** Both ways must have read the same, or their times say nothing. */
export function expectSameAccount(account: Account, plain: PlainAccount): void {
  const { accountNumber, holderName, balance, version } = account;
  const found = JSON.stringify({ accountNumber, holderName, balance, version });
  const expected = JSON.stringify(plain);
  if (found !== expected) throw new Error(`Tidemark read ${found}, the hand-written load ${expected}`);
}
