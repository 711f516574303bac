import { DomainEvent, entity, identifier, valueObject } from "@tidemark/core";
import { z } from "zod";

import { domain } from "../mercato";
import { Money } from "../money";
import { Reservation } from "./reservation";

@domain.event({ partOf: "StockItem" })
export class ItemListed extends DomainEvent({ sku: identifier(), name: z.string(), price: valueObject(Money) }) {}

@domain.event({ partOf: "StockItem" })
export class StockReceived extends DomainEvent({ sku: identifier(), quantity: z.number().int().positive() }) {}

@domain.event({ partOf: "StockItem" })
export class StockCounted extends DomainEvent({ sku: identifier(), onHand: z.number().int() }) {}

@domain.event({ partOf: "StockItem" })
export class StockReserved extends DomainEvent({ sku: identifier(), reservation: entity(Reservation) }) {}

@domain.event({ partOf: "StockItem" })
export class ReservationReleased extends DomainEvent({ sku: identifier(), orderId: identifier() }) {}

@domain.event({ partOf: "StockItem" })
export class ReservationShipped extends DomainEvent({ sku: identifier(), orderId: identifier() }) {}
