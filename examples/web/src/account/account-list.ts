import { type Domain, type Page, ProjectionOf, projection } from "@tidemark/core";

import { Account } from "./account";

/** The rows of the list of accounts. They are inline, so that a client finds in the list what it has just changed. */
@projection({ of: Account, mode: "inline", indexes: [["holder"]] })
export class AccountRow extends ProjectionOf(Account) {}

const PAGE_SIZE = 20;

/** Reads a page of the accounts by holder. @param after `next` of the page before. */
export async function accountList(domain: Domain, after: string | undefined): Promise<Page<AccountRow>> {
  return await domain.viewOf(AccountRow).orderBy("holder").page({ size: PAGE_SIZE, after });
}
