import { Command, identifier } from "@tidemark/core";
import { z } from "zod";

import { domain } from "../fidelis";
import { Transfer } from "./transfer";

@domain.command({ partOf: Transfer })
export class TransferMoney extends Command(
  {
    fromAccountId: identifier(),
    toAccountId: identifier(),
    amount: z.number(),
  },
  { returns: identifier() },
) {}
