import { DomainEvent, identifier } from "@tidemark/core";
import { z } from "zod";

import { domain } from "./bank";

@domain.event({ partOf: "Transfer" })
export class TransferRequested extends DomainEvent({
  transferId: identifier(),
  from: z.string(),
  to: z.string(),
  amount: z.number(),
}) {}

/** `obstacle` says why no money has arrived; absent where it has. */
@domain.event({ partOf: "Transfer" })
export class TransferEnded extends DomainEvent({ transferId: identifier(), obstacle: z.string().optional() }) {}
