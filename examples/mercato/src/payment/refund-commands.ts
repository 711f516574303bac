import { Command, identifier, valueObject } from "@tidemark/core";
import { z } from "zod";

import { domain } from "../mercato";
import { Money } from "../money";
import { Refund } from "./refund";

@domain.command({ partOf: Refund })
export class RefundPayment extends Command({
  receipt: identifier(),
  orderId: identifier(),
  amount: valueObject(Money),
  reason: z.string(),
}) {}
