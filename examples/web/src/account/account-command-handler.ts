import { commandHandler, Domain, handle } from "@tidemark/core";

import { PreconditionFailed } from "../http/preconditions";
import { Account } from "./account";
import { type AccountView, MoveMoney, OpenAccount, RenameHolder } from "./account-commands";

/** Whoever constructs it gives it the domain: a resolver of three lines, or Nest's container. */
@commandHandler({ partOf: Account })
export class AccountCommandHandler {
  constructor(private readonly domain: Domain) {}

  @handle(OpenAccount)
  async open({ holder }: OpenAccount): Promise<AccountView> {
    const account = Account.open(holder);
    await this.domain.repositoryFor(Account).add(account);
    return viewOf(account);
  }

  @handle(MoveMoney)
  async move({ accountId, amount, versions }: MoveMoney): Promise<AccountView> {
    return await this.change(accountId, versions, (account) => account.move(amount));
  }

  @handle(RenameHolder)
  async rename({ accountId, holder, versions }: RenameHolder): Promise<AccountView> {
    return await this.change(accountId, versions, (account) => account.rename(holder));
  }

  /** Where another request is faster, the handler runs again, and sees that the version is no longer the one asked for. */
  private async change(
    id: string,
    versions: readonly number[] | undefined,
    change: (account: Account) => void,
  ): Promise<AccountView> {
    const accounts = this.domain.repositoryFor(Account);
    const account = await accounts.get(id);
    if (versions !== undefined && !versions.includes(account.version)) throw new PreconditionFailed(account.version);
    change(account);
    await accounts.add(account);
    return viewOf(account);
  }
}

export function viewOf({ id, holder, balance, version }: Account): AccountView {
  return { id, holder, balance, version };
}
