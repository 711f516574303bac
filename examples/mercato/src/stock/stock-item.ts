import { Aggregate, apply, hasMany, invariant, ValidationError, valueObject } from "@tidemark/core";
import { z } from "zod";

import { domain } from "../mercato";
import { Money } from "../money";
import { Reservation } from "./reservation";
import {
  ItemListed,
  ReservationReleased,
  ReservationShipped,
  StockCounted,
  StockReceived,
  StockReserved,
} from "./stock-events";

/** An article that the shop sells, identified by its sku, with the quantity in stock. */
@domain.aggregate({ eventSourced: true })
export class StockItem extends Aggregate({
  name: z.string().max(80),
  price: valueObject(Money),
  onHand: z.number().int().nonnegative().default(0),
  reservations: hasMany(Reservation),
}) {
  static list(sku: string, name: string, price: Money): StockItem {
    const item = StockItem.createNew({ id: sku });
    item.raise(new ItemListed({ sku, name, price }));
    return item;
  }

  get reserved(): number {
    return this.reservations.reduce((sum, { quantity }) => sum + quantity, 0);
  }

  get available(): number {
    return this.onHand - this.reserved;
  }

  receive(quantity: number): void {
    this.raise(new StockReceived({ sku: this.id, quantity }));
  }

  /** Corrects the quantity in stock after a count. */
  count(onHand: number): void {
    this.raise(new StockCounted({ sku: this.id, onHand }));
  }

  reserve(orderId: string, quantity: number): void {
    if (quantity > this.available)
      throw new ValidationError({ [this.id]: [`Only ${this.available} of "${this.name}" available, not ${quantity}`] });
    this.raise(new StockReserved({ sku: this.id, reservation: { id: orderId, quantity } }));
  }

  /** Releases the quantity reserved for the order, so that others can buy it. */
  release(orderId: string): void {
    this.raise(new ReservationReleased({ sku: this.id, orderId: this.reservations.get(orderId).id }));
  }

  /** Takes the quantity reserved for the order out of the stock. */
  ship(orderId: string): void {
    this.raise(new ReservationShipped({ sku: this.id, orderId: this.reservations.get(orderId).id }));
  }

  @invariant.post
  reservedMustBeOnHand(): void {
    if (this.available < 0)
      throw new ValidationError({ onHand: [`${this.reserved} are reserved, so that ${this.onHand} are too few`] });
  }

  @apply(ItemListed)
  onListed(event: ItemListed): void {
    this.name = event.name;
    this.price = event.price;
  }

  @apply(StockReceived)
  onReceived(event: StockReceived): void {
    this.onHand += event.quantity;
  }

  @apply(StockCounted)
  onCounted(event: StockCounted): void {
    this.onHand = event.onHand;
  }

  @apply(StockReserved)
  onReserved(event: StockReserved): void {
    this.reservations.add(event.reservation);
  }

  @apply(ReservationReleased)
  onReleased(event: ReservationReleased): void {
    this.reservations.remove(event.orderId);
  }

  @apply(ReservationShipped)
  onShipped(event: ReservationShipped): void {
    this.onHand -= this.reservations.remove(event.orderId).quantity;
  }
}
