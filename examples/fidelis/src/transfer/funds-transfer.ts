import { type DomainError, handle, identifier, ProcessManager, rejected } from "@tidemark/core";
import { z } from "zod";

import { MakeDeposit, MakeWithdrawal, RefundWithdrawal } from "../account/account-commands";
import { DepositMade, WithdrawalMade } from "../account/account-events";
import { domain } from "../fidelis";
import { CompleteTransfer, FailTransfer } from "./transfer-commands";
import { TransferCompleted, TransferFailed, TransferRequested } from "./transfer-events";

/**
 * Carries out a transfer step by step: a withdrawal, a deposit, and a refund where the deposit is refused.
 *
 * `TransferMoney` does it in one transaction. That is simpler, and nobody ever sees money on its way; but both accounts have to be free at
 * the same moment. Here each account is used for one short command, and may belong to another bank; the money is on its way for a while.
 *
 * Other movements have references as well. They are for no transfer, and are ignored. A refund that is refused is left to an operator:
 * there is no method for it, so that the transfer is set aside.
 */
@domain.processManager({ missing: "ignore" })
export class FundsTransfer extends ProcessManager({
  transferId: identifier(),
  fromAccountId: identifier(),
  toAccountId: identifier(),
  amount: z.number(),
  /** Why the money could not be deposited. */
  obstacle: z.string().optional(),
}) {
  @handle(TransferRequested, { start: true })
  requested(event: TransferRequested): void {
    this.fromAccountId = event.fromAccountId;
    this.toAccountId = event.toAccountId;
    this.amount = event.amount;
    this.issue(new MakeWithdrawal({ accountId: this.fromAccountId, amount: this.amount, reference: this.transferId }), {
      deadline: { after: "1h" },
    });
  }

  /** The account refused it, or it was not carried out within the hour. */
  @rejected(MakeWithdrawal)
  notWithdrawn(_command: MakeWithdrawal, reason: DomainError): void {
    this.issue(new FailTransfer({ transferId: this.transferId, reason: reason.message }));
  }

  @handle(WithdrawalMade, { correlate: { transferId: "reference" } })
  withdrawn(_event: WithdrawalMade): void {
    this.issue(new MakeDeposit({ accountId: this.toAccountId, amount: this.amount, reference: this.transferId }));
  }

  @rejected(MakeDeposit)
  notDeposited(_command: MakeDeposit, reason: DomainError): void {
    this.obstacle = reason.message;
    this.issue(
      new RefundWithdrawal({ accountId: this.fromAccountId, amount: this.amount, reference: this.transferId }),
    );
  }

  @handle(DepositMade, { correlate: { transferId: "reference" } })
  deposited(_event: DepositMade): void {
    const { transferId, obstacle } = this;
    this.issue(
      obstacle === undefined
        ? new CompleteTransfer({ transferId })
        : new FailTransfer({ transferId, reason: obstacle }),
    );
  }

  @handle(TransferCompleted, { end: true })
  completed(_event: TransferCompleted): void {}

  @handle(TransferFailed, { end: true })
  failed(_event: TransferFailed): void {}
}
