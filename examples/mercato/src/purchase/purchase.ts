import { type DomainError, handle, identifier, ProcessManager, rejected, timer, valueObject } from "@tidemark/core";
import { z } from "zod";

import { CancelOrder, ExpireOrder, ShipOrder } from "../fulfilment/fulfilment-commands";
import { domain } from "../mercato";
import { Money } from "../money";
import { OrderCancelled, OrderPaid, OrderPlaced, OrderShipped } from "../order/order-events";
import { RefundPayment } from "../payment/refund-commands";
import { PaymentRefunded } from "../payment/refund-events";
import { BookShipment, CallOffShipment } from "../shipment/shipment-commands";
import { ShipmentBooked } from "../shipment/shipment-events";

/**
 * Takes an order from its placing until it leaves the house: it waits two days for the payment, books a carrier, and has the parcel sent.
 * Where no carrier goes, or the customer changes her mind, the stock is set free and the money goes back.
 *
 * It only asks. Whether an order may be cancelled, shipped or let go is decided by the order: what it refuses comes back to a method.
 *
 * Drafts can be cancelled too. No process has begun for these, so that their events are ignored.
 */
@domain.processManager({ missing: "ignore" })
export class Purchase extends ProcessManager({
  orderId: identifier(),
  step: z.enum(["PLACED", "PAID", "CANCELLED"]).default("PLACED"),
  receipt: identifier().optional(),
  amount: valueObject(Money).optional(),
}) {
  @handle(OrderPlaced, { start: true })
  placed(_event: OrderPlaced): void {
    this.setTimer("expiry", { after: "2d" });
  }

  @timer("expiry")
  expired(): void {
    this.issue(new ExpireOrder({ orderId: this.orderId }));
  }

  /** It was paid, or cancelled, at the last moment. Its event says so, and the process goes on with that. */
  @rejected(ExpireOrder)
  notExpired(_command: ExpireOrder, _reason: DomainError): void {}

  @handle(OrderPaid)
  paid({ receipt, amount }: OrderPaid): void {
    this.step = "PAID";
    this.receipt = receipt;
    this.amount = amount;
    this.cancelTimer("expiry");
    this.issue(new BookShipment({ orderId: this.orderId }));
  }

  @handle(ShipmentBooked)
  booked({ trackingNumber }: ShipmentBooked): void {
    this.issue(new ShipOrder({ orderId: this.orderId, trackingNumber }));
  }

  @rejected(BookShipment)
  notBooked(_command: BookShipment, reason: DomainError): void {
    if (this.step !== "CANCELLED") this.issue(new CancelOrder({ orderId: this.orderId, reason: reason.message }));
  }

  /** The customer cancelled the order after the carrier was booked. */
  @rejected(ShipOrder)
  notShipped(_command: ShipOrder, _reason: DomainError): void {
    this.issue(new CallOffShipment({ orderId: this.orderId }));
  }

  /** The customer was faster. */
  @rejected(CancelOrder)
  notCancelled(_command: CancelOrder, _reason: DomainError): void {}

  @handle(OrderCancelled)
  cancelled({ orderId, reason }: OrderCancelled): void {
    this.step = "CANCELLED";
    const { receipt, amount } = this;
    if (receipt === undefined || amount === undefined) this.complete();
    else this.issue(new RefundPayment({ receipt, orderId, amount, reason }));
  }

  @handle(PaymentRefunded, { end: true })
  refunded(_event: PaymentRefunded): void {}

  @handle(OrderShipped, { end: true })
  shipped(_event: OrderShipped): void {}
}
