import { handle } from "@tidemark/core";

import { Account } from "./account";
import { MakeDeposit, OpenAccount, ReceiveMoney, ReturnMoney, SendMoney } from "./account-commands";
import { domain } from "./bank";

@domain.commandHandler({ partOf: Account })
export class AccountCommandHandler {
  @handle(OpenAccount)
  async open({ accountId, openingDeposit }: OpenAccount): Promise<void> {
    await domain.repositoryFor(Account).add(Account.open(accountId, openingDeposit));
  }

  @handle(MakeDeposit)
  async deposit({ accountId, amount, reference }: MakeDeposit): Promise<void> {
    await domain.repositoryFor(Account).update(accountId, (account) => account.deposit(amount, reference));
  }

  @handle(SendMoney)
  async send({ accountId, amount, transferId }: SendMoney): Promise<void> {
    await domain.repositoryFor(Account).update(accountId, (account) => account.send(amount, transferId));
  }

  @handle(ReceiveMoney)
  async receive({ accountId, amount, transferId }: ReceiveMoney): Promise<void> {
    await domain.repositoryFor(Account).update(accountId, (account) => account.receive(amount, transferId));
  }

  @handle(ReturnMoney)
  async giveBack({ accountId, amount, transferId }: ReturnMoney): Promise<void> {
    await domain.repositoryFor(Account).update(accountId, (account) => account.takeBack(amount, transferId));
  }
}
