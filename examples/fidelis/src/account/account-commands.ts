import { Command, identifier } from "@tidemark/core";
import { z } from "zod";

import { domain } from "../fidelis";
import { Account } from "./account";

@domain.command({ partOf: Account })
export class OpenAccount extends Command(
  {
    accountNumber: z.string(),
    holderName: z.string(),
    openingDeposit: z.number(),
  },
  { returns: identifier() },
) {}

@domain.command({ partOf: Account })
export class MakeDeposit extends Command({
  accountId: identifier(),
  amount: z.number(),
  reference: z.string().optional(),
}) {}

@domain.command({ partOf: Account })
export class MakeWithdrawal extends Command({
  accountId: identifier(),
  amount: z.number(),
  reference: z.string().optional(),
}) {}

@domain.command({ partOf: Account })
export class CloseAccount extends Command({ accountId: identifier() }) {}

/** Pays back what was withdrawn for a transfer that cannot be completed. */
@domain.command({ partOf: Account })
export class RefundWithdrawal extends Command({
  accountId: identifier(),
  amount: z.number(),
  reference: z.string(),
}) {}
