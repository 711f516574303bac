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
