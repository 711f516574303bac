import { Command, identifier, valueObject } from "@tidemark/core";
import { z } from "zod";

import { domain } from "../mercato";
import { Money } from "../money";
import { Order } from "../order/order";

/** Places the order and returns its price. Sent several times with one `requestId`, it places the order once. */
@domain.command({ partOf: Order, idempotencyKey: "requestId" })
export class PlaceOrder extends Command(
  { orderId: identifier(), requestId: z.string().optional() },
  { returns: valueObject(Money) },
) {}

@domain.command({ partOf: Order })
export class ShipOrder extends Command({ orderId: identifier(), trackingNumber: z.string().min(1) }) {}

@domain.command({ partOf: Order })
export class CancelOrder extends Command({ orderId: identifier(), reason: z.string().min(1) }) {}

/** Cancels an order that is not paid. Refused once it is. */
@domain.command({ partOf: Order })
export class ExpireOrder extends Command({ orderId: identifier() }) {}

@domain.command({ partOf: Order })
export class ReturnOrder extends Command({ orderId: identifier() }) {}
