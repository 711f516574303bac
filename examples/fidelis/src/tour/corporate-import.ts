import type { Domain, NewEvent } from "@tidemark/core";

import { Account } from "../domain";

/** Events in one commit: enough to share its disk flush, and few enough not to delay other writers for long. */
const COMMIT_SIZE = 1_000;

/**
 * Appends the history of an account, as exported by another system, directly to the event store: commands would decide
 * again about events of years ago.
 *
 * @param count the number of events of the whole history.
 */
export async function importCorporateAccount(domain: Domain, accountId: string, count: number): Promise<void> {
  const stream = domain.streamFor(Account, accountId);
  for (let first = 0; first < count; first += COMMIT_SIZE) {
    const events = Array.from({ length: Math.min(COMMIT_SIZE, count - first) }, (_, index) =>
      historicEvent(accountId, first + index),
    );
    await domain.eventStore.append([{ stream, expectedVersion: first - 1, events }]);
  }
}

function historicEvent(accountId: string, position: number): NewEvent {
  if (position === 0) {
    const account = { accountNumber: "CORP-001", holderName: "Fidelis Trading Ltd", openingDeposit: 1_000_000 };
    return { type: "Fidelis.AccountOpened.v1", data: { accountId, ...account } };
  }
  const reference = `INV-${String(position).padStart(6, "0")}`;
  return position % 3 === 0
    ? { type: "Fidelis.WithdrawalMade.v1", data: { accountId, amount: 150, reference } }
    : { type: "Fidelis.DepositMade.v1", data: { accountId, amount: 100, reference } };
}
