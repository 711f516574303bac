import { handle } from "@tidemark/core";

import { domain } from "../domain";
import { Account } from "./account";
import { MakeDeposit, OpenAccount } from "./account-commands";

@domain.commandHandler({ partOf: Account })
export class AccountCommandHandler {
  /** @returns the new account's id. */
  @handle(OpenAccount)
  async open(command: OpenAccount): Promise<string> {
    const account = Account.open(command.holderName);
    await domain.repositoryFor(Account).add(account);
    return account.id;
  }

  @handle(MakeDeposit)
  async deposit(command: MakeDeposit): Promise<void> {
    await domain.repositoryFor(Account).update(command.accountId, (account) => account.deposit(command.amount));
  }
}
