import { Aggregate, apply, identifier, invariant, ValidationError } from "@tidemark/core";
import { z } from "zod";

import { domain } from "../fidelis";
import { TransferCompleted, TransferFailed, TransferRequested, TransferStarted } from "./transfer-events";

@domain.aggregate({ eventSourced: true })
export class Transfer extends Aggregate({
  fromAccountId: identifier(),
  toAccountId: identifier(),
  amount: z.number(),
  status: z.enum(["STARTED", "COMPLETED", "FAILED"]).default("STARTED"),
  reason: z.string().optional(),
}) {
  static start(fromAccountId: string, toAccountId: string, amount: number): Transfer {
    const transfer = Transfer.createNew();
    transfer.raise(new TransferStarted({ transferId: transfer.id, fromAccountId, toAccountId, amount }));
    return transfer;
  }

  static request(fromAccountId: string, toAccountId: string, amount: number): Transfer {
    const transfer = Transfer.createNew();
    transfer.raise(new TransferRequested({ transferId: transfer.id, fromAccountId, toAccountId, amount }));
    return transfer;
  }

  complete(): void {
    this.raise(new TransferCompleted({ transferId: this.id }));
  }

  fail(reason: string): void {
    this.raise(new TransferFailed({ transferId: this.id, reason }));
  }

  @invariant.pre
  settledTransferMustNotChange(): void {
    if (this.status === "STARTED") return;
    throw new ValidationError({ status: [`Transfer is ${this.status.toLowerCase()} already`] });
  }

  @invariant.post
  amountMustBePositive(): void {
    if (this.amount <= 0) throw new ValidationError({ amount: ["Transfer amount must be positive"] });
  }

  @invariant.post
  accountsMustDiffer(): void {
    if (this.fromAccountId === this.toAccountId) {
      throw new ValidationError({ toAccountId: ["Cannot transfer to the same account"] });
    }
  }

  @apply(TransferStarted)
  onStarted(event: TransferStarted): void {
    this.fromAccountId = event.fromAccountId;
    this.toAccountId = event.toAccountId;
    this.amount = event.amount;
  }

  @apply(TransferRequested)
  onRequested(event: TransferRequested): void {
    this.fromAccountId = event.fromAccountId;
    this.toAccountId = event.toAccountId;
    this.amount = event.amount;
  }

  @apply(TransferCompleted)
  onCompleted(_event: TransferCompleted): void {
    this.status = "COMPLETED";
  }

  @apply(TransferFailed)
  onFailed(event: TransferFailed): void {
    this.status = "FAILED";
    this.reason = event.reason;
  }
}
