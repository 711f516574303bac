import { handle, ValidationError } from "@tidemark/core";

import { domain } from "../mercato";
import { Order } from "../order/order";
import { Shipment } from "./shipment";
import { BookShipment, CallOffShipment } from "./shipment-commands";

@domain.commandHandler({ partOf: Shipment })
export class ShipmentCommandHandler {
  @handle(BookShipment)
  async book({ orderId }: BookShipment): Promise<void> {
    const { status, address } = await domain.repositoryFor(Order).get(orderId);
    if (status !== "PAID" || address === undefined)
      throw new ValidationError({ status: [`The order is ${status}, not PAID`] });
    await domain.repositoryFor(Shipment).add(Shipment.book(orderId, address));
  }

  @handle(CallOffShipment)
  async callOff({ orderId }: CallOffShipment): Promise<void> {
    await domain.repositoryFor(Shipment).update(orderId, (shipment) => shipment.callOff());
  }
}
