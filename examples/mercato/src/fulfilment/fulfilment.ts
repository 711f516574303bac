import { ValidationError } from "@tidemark/core";

import type { Order } from "../order/order";
import type { StockItem } from "../stock/stock-item";

/** Changes an order and the stock of its lines together, never one without the other. */
export class Fulfilment {
  place(order: Order, stock: readonly StockItem[]): void {
    order.place();
    for (const item of stock) item.reserve(order.id, order.lines.get(item.id).quantity);
  }

  ship(order: Order, stock: readonly StockItem[], trackingNumber: string): void {
    order.ship(trackingNumber);
    for (const item of stock) item.ship(order.id);
  }

  cancel(order: Order, stock: readonly StockItem[], reason: string): void {
    order.cancel(reason);
    for (const item of stock) if (item.reservations.has(order.id)) item.release(order.id);
  }

  /** @throws ValidationError unless the order waits for its payment. */
  expire(order: Order, stock: readonly StockItem[]): void {
    if (order.status !== "PLACED") throw new ValidationError({ status: [`The order is ${order.status}, not PLACED`] });
    this.cancel(order, stock, "It was not paid in time");
  }

  /** Puts the articles that the customer sends back into stock again. */
  takeBack(order: Order, stock: readonly StockItem[], today: Date): void {
    order.sendBack(today);
    for (const item of stock) item.receive(order.lines.get(item.id).quantity);
  }
}
