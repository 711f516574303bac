import { type AccountRow, branchOf } from "./account-row";

/** A row that is folded into. */
export type PlainRow = { -readonly [Field in keyof AccountRow]: AccountRow[Field] };

/** Parses and folds one event. @returns the row that it made or changed. */
export function foldRow(row: PlainRow | undefined, accountId: string, type: string, data: string): PlainRow {
  const event = JSON.parse(data);
  if (type === "Bank.AccountOpened.v1")
    return { accountId, holder: event.holderName, branch: branchOf(accountId), balance: event.openingDeposit };
  if (row === undefined) throw new Error(`${accountId} has no row`);
  switch (type) {
    case "Bank.DepositMade.v1":
      row.balance += event.amount;
      return row;
    case "Bank.WithdrawalMade.v1":
      row.balance -= event.amount;
      return row;
    default:
      throw new Error(`unknown event ${type}`);
  }
}
