import { handle } from "@tidemark/core";

import { Account } from "../account/account";
import { domain } from "../fidelis";
import { Transfer } from "./transfer";
import { CompleteTransfer, FailTransfer, RequestTransfer, TransferMoney } from "./transfer-commands";

@domain.commandHandler({ partOf: Transfer })
export class TransferCommandHandler {
  /**
   * Stores both accounts and the transfer together, or nothing. When an account cannot take part, only the failed
   * transfer is stored.
   *
   * @returns the transfer's id.
   */
  @handle(TransferMoney)
  async transfer(command: TransferMoney): Promise<string> {
    const accounts = domain.repositoryFor(Account);
    const from = await accounts.get(command.fromAccountId);
    const to = await accounts.get(command.toAccountId);
    const transfer = Transfer.start(from.id, to.id, command.amount);
    const obstacle = obstacleTo(transfer, from, to);
    if (obstacle === undefined) {
      from.withdraw(transfer.amount, transfer.id);
      to.deposit(transfer.amount, transfer.id);
      transfer.complete();
      await accounts.add(from);
      await accounts.add(to);
    } else transfer.fail(obstacle);
    await domain.repositoryFor(Transfer).add(transfer);
    return transfer.id;
  }

  /** Stores the request alone. @returns the transfer's id. */
  @handle(RequestTransfer)
  async request({ fromAccountId, toAccountId, amount }: RequestTransfer): Promise<string> {
    const transfer = Transfer.request(fromAccountId, toAccountId, amount);
    await domain.repositoryFor(Transfer).add(transfer);
    return transfer.id;
  }

  @handle(CompleteTransfer)
  async complete({ transferId }: CompleteTransfer): Promise<void> {
    await domain.repositoryFor(Transfer).update(transferId, (transfer) => transfer.complete());
  }

  @handle(FailTransfer)
  async fail({ transferId, reason }: FailTransfer): Promise<void> {
    await domain.repositoryFor(Transfer).update(transferId, (transfer) => transfer.fail(reason));
  }
}

/** Checks before anything is raised: an account that rejected its half would leave the unit of work half changed. */
function obstacleTo({ amount }: Transfer, from: Account, to: Account): string | undefined {
  if (from.status === "CLOSED") return `Account ${from.accountNumber} is closed`;
  if (to.status === "CLOSED") return `Account ${to.accountNumber} is closed`;
  if (from.balance < amount) return `Insufficient funds in account ${from.accountNumber}`;
  return undefined;
}
