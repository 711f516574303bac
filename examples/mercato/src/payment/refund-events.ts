import { DomainEvent, identifier, valueObject } from "@tidemark/core";
import { z } from "zod";

import { domain } from "../mercato";
import { Money } from "../money";

@domain.event({ partOf: "Refund" })
export class PaymentRefunded extends DomainEvent({
  receipt: identifier(),
  orderId: identifier(),
  amount: valueObject(Money),
  reason: z.string(),
}) {}
