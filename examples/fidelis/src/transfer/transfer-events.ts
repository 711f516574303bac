import { DomainEvent, identifier } from "@tidemark/core";
import { z } from "zod";

import { domain } from "../fidelis";

@domain.event({ partOf: "Transfer" })
export class TransferStarted extends DomainEvent({
  transferId: identifier(),
  fromAccountId: identifier(),
  toAccountId: identifier(),
  amount: z.number(),
}) {}

@domain.event({ partOf: "Transfer" })
export class TransferCompleted extends DomainEvent({ transferId: identifier() }) {}

@domain.event({ partOf: "Transfer" })
export class TransferFailed extends DomainEvent({ transferId: identifier(), reason: z.string() }) {}
