import { Command, identifier } from "@tidemark/core";

import { domain } from "../mercato";
import { Shipment } from "./shipment";

/** Books a carrier for an order that is paid. Refused where no carrier goes. */
@domain.command({ partOf: Shipment })
export class BookShipment extends Command({ orderId: identifier() }) {}

@domain.command({ partOf: Shipment })
export class CallOffShipment extends Command({ orderId: identifier() }) {}
