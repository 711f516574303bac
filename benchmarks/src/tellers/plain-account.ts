/** The account as a plain object, folded by a `switch`: the least that a load has to do. */
export interface PlainAccount {
  accountNumber: string;
  holderName: string;
  balance: number;
  version: number;
}

export function newPlainAccount(): PlainAccount {
  return { accountNumber: "", holderName: "", balance: 0, version: -1 };
}

/** Parses and folds one event. */
export function foldPlain(account: PlainAccount, type: string, data: string): void {
  const event = JSON.parse(data);
  switch (type) {
    case "Bank.AccountOpened.v1":
      account.accountNumber = event.accountNumber;
      account.holderName = event.holderName;
      account.balance = event.openingDeposit;
      break;
    case "Bank.DepositMade.v1":
      account.balance += event.amount;
      break;
    case "Bank.WithdrawalMade.v1":
      account.balance -= event.amount;
      break;
    default:
      throw new Error(`unknown event ${type}`);
  }
  account.version++;
}

/** A snapshot's text, from which `restorePlain` makes the account again. */
export function plainState({ accountNumber, holderName, balance }: PlainAccount): string {
  return JSON.stringify({ accountNumber, holderName, balance });
}

export function restorePlain(version: number, state: string): PlainAccount {
  return { ...JSON.parse(state), version };
}
