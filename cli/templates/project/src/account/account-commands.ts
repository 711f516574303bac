import { Command, identifier } from "@tidemark/core";
import { z } from "zod";

import { domain } from "../domain";
import { Account } from "./account";

@domain.command({ partOf: Account })
export class OpenAccount extends Command({ holderName: z.string() }, { returns: identifier() }) {}

@domain.command({ partOf: Account })
export class MakeDeposit extends Command({ accountId: identifier(), amount: z.number() }) {}
