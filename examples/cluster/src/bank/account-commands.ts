import { Command, identifier } from "@tidemark/core";
import { z } from "zod";

import { Account } from "./account";
import { domain } from "./bank";

@domain.command({ partOf: Account })
export class OpenAccount extends Command({ accountId: identifier(), openingDeposit: z.number() }) {}

@domain.command({ partOf: Account })
export class MakeDeposit extends Command({ accountId: identifier(), amount: z.number(), reference: z.string() }) {}

@domain.command({ partOf: Account })
export class SendMoney extends Command({ accountId: identifier(), amount: z.number(), transferId: z.string() }) {}

@domain.command({ partOf: Account })
export class ReceiveMoney extends Command({ accountId: identifier(), amount: z.number(), transferId: z.string() }) {}

/** Gives back what was sent for a transfer whose other account does not exist. */
@domain.command({ partOf: Account })
export class ReturnMoney extends Command({ accountId: identifier(), amount: z.number(), transferId: z.string() }) {}
