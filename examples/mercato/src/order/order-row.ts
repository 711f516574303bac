import { decimal, type EventContext, identifier, on, Projection } from "@tidemark/core";
import { z } from "zod";

import { domain } from "../mercato";
import {
  LineAdded,
  LineRemoved,
  OrderCancelled,
  OrderDelivered,
  OrderPaid,
  OrderPlaced,
  OrderReturned,
  OrderShipped,
  OrderStarted,
  QuantityChanged,
} from "./order-events";

export const status = () => z.enum(["DRAFT", "PLACED", "PAID", "SHIPPED", "DELIVERED", "CANCELLED", "RETURNED"]);

/** The rows of the list of orders, one for each order. */
@domain.projection({ indexes: [["status", "startedAt"]] })
export class OrderRow extends Projection({
  orderId: identifier(),
  customerId: identifier(),
  status: status().default("DRAFT"),
  startedAt: z.date(),
  /** By sku. */
  quantities: z.record(z.string(), z.int()).default({}),
  /** What is searched for lies in fields of its own: the skus, and the number of articles. */
  skus: z.string().default(""),
  articles: z.int().default(0),
  paid: decimal({ places: 2 }).optional(),
}) {
  @on(OrderStarted, { creates: true })
  started(event: OrderStarted, context: EventContext): void {
    this.customerId = event.customerId;
    this.startedAt = context.recordedAt;
  }

  @on(LineAdded)
  lineAdded({ line }: LineAdded): void {
    this.order({ ...this.quantities, [line.id]: line.quantity });
  }

  @on(QuantityChanged)
  quantityChanged({ sku, quantity }: QuantityChanged): void {
    this.order({ ...this.quantities, [sku]: quantity });
  }

  @on(LineRemoved)
  lineRemoved({ sku }: LineRemoved): void {
    const { [sku]: _removed, ...others } = this.quantities;
    this.order(others);
  }

  @on(OrderPlaced)
  placed(_event: OrderPlaced): void {
    this.status = "PLACED";
  }

  @on(OrderPaid)
  paidFor(event: OrderPaid): void {
    this.status = "PAID";
    this.paid = event.amount.amount;
  }

  @on(OrderShipped)
  shipped(_event: OrderShipped): void {
    this.status = "SHIPPED";
  }

  @on(OrderDelivered)
  delivered(_event: OrderDelivered): void {
    this.status = "DELIVERED";
  }

  @on(OrderCancelled)
  cancelled(_event: OrderCancelled): void {
    this.status = "CANCELLED";
  }

  @on(OrderReturned)
  returned(_event: OrderReturned): void {
    this.status = "RETURNED";
  }

  private order(quantities: Record<string, number>): void {
    this.quantities = quantities;
    this.skus = Object.keys(quantities).sort().join(" ");
    this.articles = Object.values(quantities).reduce((sum, quantity) => sum + quantity, 0);
  }
}
