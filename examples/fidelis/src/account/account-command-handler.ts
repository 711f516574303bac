import { handle } from "@tidemark/core";

import { domain } from "../fidelis";
import { Account } from "./account";
import { CloseAccount, MakeDeposit, MakeWithdrawal, OpenAccount, RefundWithdrawal } from "./account-commands";

@domain.commandHandler({ partOf: Account })
export class AccountCommandHandler {
  /** @returns the new account's id. */
  @handle(OpenAccount)
  async open(command: OpenAccount): Promise<string> {
    const account = Account.open(command.accountNumber, command.holderName, command.openingDeposit);
    await domain.repositoryFor(Account).add(account);
    return account.id;
  }

  @handle(MakeDeposit)
  async deposit(command: MakeDeposit): Promise<void> {
    const accounts = domain.repositoryFor(Account);
    const account = await accounts.get(command.accountId);
    account.deposit(command.amount, command.reference);
    await accounts.add(account);
  }

  @handle(MakeWithdrawal)
  async withdraw(command: MakeWithdrawal): Promise<void> {
    const accounts = domain.repositoryFor(Account);
    const account = await accounts.get(command.accountId);
    account.withdraw(command.amount, command.reference);
    await accounts.add(account);
  }

  @handle(RefundWithdrawal)
  async refund({ accountId, amount, reference }: RefundWithdrawal): Promise<void> {
    await domain.repositoryFor(Account).update(accountId, (account) => account.deposit(amount, reference));
  }

  @handle(CloseAccount)
  async close(command: CloseAccount): Promise<void> {
    const accounts = domain.repositoryFor(Account);
    const account = await accounts.get(command.accountId);
    account.close();
    await accounts.add(account);
  }
}
