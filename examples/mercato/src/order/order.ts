import {
  Aggregate,
  apply,
  type DomainEventRoot,
  hasMany,
  identifier,
  invariant,
  ValidationError,
  valueObject,
} from "@tidemark/core";
import { z } from "zod";

import { Address } from "../address";
import { domain } from "../mercato";
import { type Currency, currency, Money } from "../money";
import { Coupon } from "./coupon";
import {
  AddressGiven,
  CouponRedeemed,
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
import { OrderLine } from "./order-line";
import { orderStatus } from "./order-status";

/** The number of days after its delivery in which an order can be sent back. */
const RETURN_DAYS = 14;
const DAY_MS = 24 * 60 * 60 * 1000;

@domain.aggregate({ eventSourced: true, schemaVersion: 2, factEvents: true, skipEvents: ["ReminderSent"] })
export class Order extends Aggregate({
  customerId: identifier(),
  currency: currency(),
  status: orderStatus(),
  lines: hasMany(OrderLine),
  coupon: valueObject(Coupon).optional(),
  address: valueObject(Address).optional(),
  receipt: identifier().optional(),
  deliveredAt: z.date().optional(),
}) {
  static start(id: string, customerId: string, currency: Currency): Order {
    const order = Order.createNew({ id });
    order.raise(new OrderStarted({ orderId: id, customerId, currency }));
    return order;
  }

  get total(): Money {
    const sum = this.lines.reduce((total, line) => total.plus(line.total), Money.none(this.currency));
    return this.coupon?.appliedTo(sum) ?? sum;
  }

  /** Adds a line. More of an article that already has a line raises the quantity of that line, at its present price. */
  add(sku: string, quantity: number, price: Money): void {
    this.refuseUnlessDraft();
    const line = this.lines.find(sku);
    if (line === undefined) this.raise(new LineAdded({ orderId: this.id, line: { id: sku, quantity, price } }));
    else this.changeQuantity(sku, line.quantity + quantity);
  }

  changeQuantity(sku: string, quantity: number): void {
    this.refuseUnlessDraft();
    const line = this.lines.get(sku);
    if (line.quantity !== quantity) this.raise(new QuantityChanged({ orderId: this.id, sku: line.id, quantity }));
  }

  remove(sku: string): void {
    this.refuseUnlessDraft();
    this.raise(new LineRemoved({ orderId: this.id, sku: this.lines.get(sku).id }));
  }

  redeem(coupon: Coupon): void {
    this.refuseUnlessDraft();
    if (this.coupon !== undefined)
      throw new ValidationError({ coupon: [`Coupon ${this.coupon.code} is redeemed already`] });
    this.raise(new CouponRedeemed({ orderId: this.id, coupon }));
  }

  shipTo(address: Address): void {
    this.refuseUnlessDraft();
    this.raise(new AddressGiven({ orderId: this.id, address }));
  }

  place(): void {
    this.goTo("PLACED", new OrderPlaced({ orderId: this.id }));
  }

  pay(amount: Money, receipt: string): void {
    if (!amount.equals(this.total))
      throw new ValidationError({ amount: [`The order costs ${this.total}, not ${amount}`] });
    this.goTo("PAID", new OrderPaid({ orderId: this.id, amount, receipt }));
  }

  ship(trackingNumber: string): void {
    this.goTo("SHIPPED", new OrderShipped({ orderId: this.id, trackingNumber }));
  }

  confirmDelivery(deliveredAt: Date): void {
    this.goTo("DELIVERED", new OrderDelivered({ orderId: this.id, deliveredAt }));
  }

  cancel(reason: string): void {
    this.goTo("CANCELLED", new OrderCancelled({ orderId: this.id, reason }));
  }

  sendBack(today: Date): void {
    const days = (today.getTime() - (this.deliveredAt ?? today).getTime()) / DAY_MS;
    if (days > RETURN_DAYS)
      throw new ValidationError({ deliveredAt: [`An order can be sent back for ${RETURN_DAYS} days`] });
    this.goTo("RETURNED", new OrderReturned({ orderId: this.id }));
  }

  @invariant.post
  linesMustBeInTheOrdersCurrency(): void {
    if (this.lines.some(({ price }) => price.currency !== this.currency))
      throw new ValidationError({ currency: [`Every line must be in ${this.currency}`] });
  }

  @invariant.post
  placedOrderMustBeComplete(): void {
    if (this.status !== "PLACED") return;
    if (this.lines.size === 0) throw new ValidationError({ lines: ["An order without lines cannot be placed"] });
    if (this.address === undefined) throw new ValidationError({ address: ["Say first where the order is to go"] });
  }

  @apply(OrderStarted)
  onStarted(event: OrderStarted): void {
    this.customerId = event.customerId;
    this.currency = event.currency;
  }

  @apply(LineAdded)
  onLineAdded(event: LineAdded): void {
    this.lines.add(event.line);
  }

  @apply(QuantityChanged)
  onQuantityChanged(event: QuantityChanged): void {
    this.lines.get(event.sku).quantity = event.quantity;
  }

  @apply(LineRemoved)
  onLineRemoved(event: LineRemoved): void {
    this.lines.remove(event.sku);
  }

  @apply(CouponRedeemed)
  onCouponRedeemed(event: CouponRedeemed): void {
    this.coupon = event.coupon;
  }

  @apply(AddressGiven)
  onAddressGiven(event: AddressGiven): void {
    this.address = event.address;
  }

  @apply(OrderPlaced)
  onPlaced(_event: OrderPlaced): void {
    this.status = "PLACED";
  }

  @apply(OrderPaid)
  onPaid(event: OrderPaid): void {
    this.status = "PAID";
    this.receipt = event.receipt;
  }

  @apply(OrderShipped)
  onShipped(_event: OrderShipped): void {
    this.status = "SHIPPED";
  }

  @apply(OrderDelivered)
  onDelivered(event: OrderDelivered): void {
    this.status = "DELIVERED";
    this.deliveredAt = event.deliveredAt;
  }

  @apply(OrderCancelled)
  onCancelled(_event: OrderCancelled): void {
    this.status = "CANCELLED";
  }

  @apply(OrderReturned)
  onReturned(_event: OrderReturned): void {
    this.status = "RETURNED";
  }

  /**
   * Raises an event that may happen only once. The declared transitions reject every other wrong step, but they let a
   * status stay the same.
   */
  private goTo(status: Order["status"], event: DomainEventRoot): void {
    if (this.status === status) throw new ValidationError({ status: [`The order is ${status} already`] });
    this.raise(event);
  }

  private refuseUnlessDraft(): void {
    if (this.status !== "DRAFT") throw new ValidationError({ status: ["The order is placed and does not change"] });
  }
}
