import { Command, identifier } from "@tidemark/core";
import { z } from "zod";

import { domain } from "./bank";
import { Transfer } from "./transfer";

/** Has money transferred step by step: see `FundsTransfer`. */
@domain.command({ partOf: Transfer })
export class RequestTransfer extends Command({
  transferId: identifier(),
  from: z.string(),
  to: z.string(),
  amount: z.number(),
}) {}

@domain.command({ partOf: Transfer })
export class EndTransfer extends Command({ transferId: identifier(), obstacle: z.string().optional() }) {}
