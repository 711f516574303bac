import { Command, identifier, valueObject } from "@tidemark/core";
import { z } from "zod";

import { Address } from "../address";
import { domain } from "../mercato";
import { currency, Money } from "../money";
import { Order } from "./order";

@domain.command({ partOf: Order })
export class StartOrder extends Command({
  orderId: identifier(),
  customerId: identifier(),
  currency: currency().default("EUR"),
}) {}

@domain.command({ partOf: Order })
export class AddLine extends Command({ orderId: identifier(), sku: identifier(), quantity: z.number().default(1) }) {}

@domain.command({ partOf: Order })
export class ChangeQuantity extends Command({ orderId: identifier(), sku: identifier(), quantity: z.number() }) {}

@domain.command({ partOf: Order })
export class RemoveLine extends Command({ orderId: identifier(), sku: identifier() }) {}

@domain.command({ partOf: Order })
export class RedeemCoupon extends Command({ orderId: identifier(), code: z.string() }) {}

@domain.command({ partOf: Order })
export class GiveAddress extends Command({ orderId: identifier(), address: valueObject(Address) }) {}

/** Pays the order and returns the number of the receipt. Sent several times with one `requestId`, it pays once. */
@domain.command({ partOf: Order, idempotencyKey: "requestId" })
export class PayOrder extends Command(
  { orderId: identifier(), amount: valueObject(Money), requestId: z.string().optional() },
  { returns: z.string() },
) {}

@domain.command({ partOf: Order })
export class ConfirmDelivery extends Command({ orderId: identifier() }) {}
