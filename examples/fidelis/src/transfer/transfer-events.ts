import { DomainEvent, identifier } from "@tidemark/core";
import { z } from "zod";

import { domain } from "../fidelis";

/** Begins a transfer that `TransferMoney` carries out in one transaction. */
@domain.event({ partOf: "Transfer" })
export class TransferStarted extends DomainEvent({
  transferId: identifier(),
  fromAccountId: identifier(),
  toAccountId: identifier(),
  amount: z.number(),
}) {}

/** Begins a transfer that `FundsTransfer` carries out step by step. */
@domain.event({ partOf: "Transfer" })
export class TransferRequested extends DomainEvent({
  transferId: identifier(),
  fromAccountId: identifier(),
  toAccountId: identifier(),
  amount: z.number(),
}) {}

@domain.event({ partOf: "Transfer" })
export class TransferCompleted extends DomainEvent({ transferId: identifier() }) {}

@domain.event({ partOf: "Transfer" })
export class TransferFailed extends DomainEvent({ transferId: identifier(), reason: z.string() }) {}
