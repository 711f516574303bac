/** The row that a bookkeeper keeps for an account. */
export interface AccountRow {
  readonly accountId: string;
  readonly holder: string;
  readonly branch: number;
  readonly balance: number;
}

export const BRANCHES = 2_000;

/** The branch of an account by the number at the end of its id, so that each branch has equally many accounts. */
export function branchOf(accountId: string): number {
  return Number(accountId.slice(accountId.lastIndexOf("-") + 1)) % BRANCHES;
}
