import { type DomainError, handle, identifier, ProcessManager, rejected } from "@tidemark/core";
import { z } from "zod";

import { ReceiveMoney, ReturnMoney, SendMoney } from "./account-commands";
import { MoneyReceived, MoneyReturned, MoneySent } from "./account-events";
import { domain } from "./bank";
import { EndTransfer } from "./transfer-commands";
import { TransferEnded, TransferRequested } from "./transfer-events";

/** Carries out a transfer step by step: takes the money, gives it to the other account, and gives it back where there is no such account. */
@domain.processManager({})
export class FundsTransfer extends ProcessManager({
  transferId: identifier(),
  from: z.string().default(""),
  to: z.string().default(""),
  amount: z.number().default(0),
  /** Why the money could not be received. */
  obstacle: z.string().optional(),
}) {
  @handle(TransferRequested, { start: true })
  requested({ transferId, from, to, amount }: TransferRequested): void {
    Object.assign(this, { from, to, amount });
    this.issue(new SendMoney({ accountId: from, amount, transferId }));
  }

  @rejected(SendMoney)
  notSent({ transferId }: SendMoney, reason: DomainError): void {
    this.issue(new EndTransfer({ transferId, obstacle: reason.message }));
  }

  @handle(MoneySent, { correlate: "transferId" })
  sent({ transferId, amount }: MoneySent): void {
    this.issue(new ReceiveMoney({ accountId: this.to, amount, transferId }));
  }

  @rejected(ReceiveMoney)
  notReceived({ transferId, amount }: ReceiveMoney, reason: DomainError): void {
    this.obstacle = reason.message;
    this.issue(new ReturnMoney({ accountId: this.from, amount, transferId }));
  }

  @handle(MoneyReceived, { correlate: "transferId" })
  received({ transferId }: MoneyReceived): void {
    this.issue(new EndTransfer({ transferId }));
  }

  @handle(MoneyReturned, { correlate: "transferId" })
  returned({ transferId }: MoneyReturned): void {
    this.issue(new EndTransfer({ transferId, obstacle: this.obstacle }));
  }

  @handle(TransferEnded, { end: true })
  ended(_event: TransferEnded): void {}
}
