import { Command, identifier } from "@tidemark/core";
import { z } from "zod";

import { domain } from "../fidelis";
import { Transfer } from "./transfer";

/** Transfers money in one transaction. Returns the transfer's id. */
@domain.command({ partOf: Transfer })
export class TransferMoney extends Command(
  {
    fromAccountId: identifier(),
    toAccountId: identifier(),
    amount: z.number(),
  },
  { returns: identifier() },
) {}

/** Has money transferred step by step: see `FundsTransfer`. Returns the transfer's id. */
@domain.command({ partOf: Transfer })
export class RequestTransfer extends Command(
  {
    fromAccountId: identifier(),
    toAccountId: identifier(),
    amount: z.number(),
  },
  { returns: identifier() },
) {}

@domain.command({ partOf: Transfer })
export class CompleteTransfer extends Command({ transferId: identifier() }) {}

@domain.command({ partOf: Transfer })
export class FailTransfer extends Command({ transferId: identifier(), reason: z.string() }) {}
