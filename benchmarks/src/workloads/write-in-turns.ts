import type { Teller } from "../tellers/teller";

/** Appends `events` events to as many accounts in turns: an account's next event comes after one of each of the others. */
export async function writeInTurns(teller: Teller, accounts: number, events: number): Promise<void> {
  const accountIds = Array.from({ length: accounts }, (_, number) => accountIdOf(number));
  for (let position = 0; position < events / accounts; position++) await teller.appendEach(accountIds, position);
}

export function accountIdOf(number: number): string {
  return `turn-${number}`;
}
