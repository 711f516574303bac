import { DomainEvent, entity, identifier, valueObject } from "@tidemark/core";
import { z } from "zod";

import { Address } from "../address";
import { domain } from "../mercato";
import { currency, Money } from "../money";
import { Coupon } from "./coupon";
import { OrderLine } from "./order-line";

@domain.event({ partOf: "Order", version: 2 })
export class OrderStarted extends DomainEvent({
  orderId: identifier(),
  customerId: identifier(),
  currency: currency(),
}) {}

@domain.event({ partOf: "Order", version: 3 })
export class LineAdded extends DomainEvent({ orderId: identifier(), line: entity(OrderLine) }) {}

@domain.event({ partOf: "Order" })
export class QuantityChanged extends DomainEvent({
  orderId: identifier(),
  sku: identifier(),
  quantity: z.number().int(),
}) {}

@domain.event({ partOf: "Order" })
export class LineRemoved extends DomainEvent({ orderId: identifier(), sku: identifier() }) {}

@domain.event({ partOf: "Order" })
export class CouponRedeemed extends DomainEvent({ orderId: identifier(), coupon: valueObject(Coupon) }) {}

@domain.event({ partOf: "Order", version: 2 })
export class AddressGiven extends DomainEvent({ orderId: identifier(), address: valueObject(Address) }) {}

@domain.event({ partOf: "Order", formerly: ["OrderSubmitted"] })
export class OrderPlaced extends DomainEvent({ orderId: identifier() }) {}

@domain.event({ partOf: "Order" })
export class OrderPaid extends DomainEvent({
  orderId: identifier(),
  amount: valueObject(Money),
  receipt: identifier(),
}) {}

@domain.event({ partOf: "Order" })
export class OrderShipped extends DomainEvent({ orderId: identifier(), trackingNumber: z.string() }) {}

@domain.event({ partOf: "Order" })
export class OrderDelivered extends DomainEvent({ orderId: identifier(), deliveredAt: z.date() }) {}

@domain.event({ partOf: "Order" })
export class OrderCancelled extends DomainEvent({ orderId: identifier(), reason: z.string() }) {}

@domain.event({ partOf: "Order" })
export class OrderReturned extends DomainEvent({ orderId: identifier() }) {}
