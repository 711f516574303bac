import { Aggregate, apply, status, ValidationError } from "@tidemark/core";
import { z } from "zod";

import type { Address } from "../address";
import { domain } from "../mercato";
import { ShipmentBooked, ShipmentCalledOff } from "./shipment-events";

/** The countries that a carrier of the shop delivers to. */
const SERVED: ReadonlySet<string> = new Set(["DE", "IT", "PT"]);

/** A parcel that a carrier comes for. Its id is the id of the order. */
@domain.aggregate({ eventSourced: true })
export class Shipment extends Aggregate({
  trackingNumber: z.string(),
  status: status({ initial: "BOOKED", transitions: { BOOKED: ["CALLED_OFF"], CALLED_OFF: [] } }),
}) {
  /** @throws ValidationError for a country that no carrier delivers to. */
  static book(orderId: string, { country }: Address): Shipment {
    if (!SERVED.has(country)) throw new ValidationError({ country: [`No carrier delivers to ${country}`] });
    const shipment = Shipment.createNew({ id: orderId });
    shipment.raise(new ShipmentBooked({ orderId, trackingNumber: `${country}-${orderId}` }));
    return shipment;
  }

  callOff(): void {
    this.raise(new ShipmentCalledOff({ orderId: this.id }));
  }

  @apply(ShipmentBooked)
  onBooked(event: ShipmentBooked): void {
    this.trackingNumber = event.trackingNumber;
  }

  @apply(ShipmentCalledOff)
  onCalledOff(_event: ShipmentCalledOff): void {
    this.status = "CALLED_OFF";
  }
}
