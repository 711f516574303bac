import { DomainEvent, identifier } from "@tidemark/core";
import { z } from "zod";

import { domain } from "../mercato";

@domain.event({ partOf: "Shipment" })
export class ShipmentBooked extends DomainEvent({ orderId: identifier(), trackingNumber: z.string() }) {}

@domain.event({ partOf: "Shipment" })
export class ShipmentCalledOff extends DomainEvent({ orderId: identifier() }) {}
