import { handle } from "@tidemark/core";

import { domain } from "../mercato";
import type { Money } from "../money";
import { Order } from "../order/order";
import { StockItem } from "../stock/stock-item";
import { Fulfilment } from "./fulfilment";
import { CancelOrder, ExpireOrder, PlaceOrder, ReturnOrder, ShipOrder } from "./fulfilment-commands";

/** Carries out the commands that concern an order and the stock: both are stored together, or neither. */
@domain.commandHandler({ partOf: Order })
export class FulfilmentCommandHandler {
  private readonly fulfilment = new Fulfilment();

  /** @returns the price of the order. */
  @handle(PlaceOrder)
  async place({ orderId }: PlaceOrder): Promise<Money> {
    const { total } = await this.withStock(orderId, (order, stock) => this.fulfilment.place(order, stock));
    return total;
  }

  @handle(ShipOrder)
  async ship({ orderId, trackingNumber }: ShipOrder): Promise<void> {
    await this.withStock(orderId, (order, stock) => this.fulfilment.ship(order, stock, trackingNumber));
  }

  @handle(CancelOrder)
  async cancel({ orderId, reason }: CancelOrder): Promise<void> {
    await this.withStock(orderId, (order, stock) => this.fulfilment.cancel(order, stock, reason));
  }

  @handle(ExpireOrder)
  async expire({ orderId }: ExpireOrder): Promise<void> {
    await this.withStock(orderId, (order, stock) => this.fulfilment.expire(order, stock));
  }

  @handle(ReturnOrder)
  async takeBack({ orderId }: ReturnOrder): Promise<void> {
    await this.withStock(orderId, (order, stock) => this.fulfilment.takeBack(order, stock, domain.clock.now()));
  }

  private async withStock(
    orderId: string,
    change: (order: Order, stock: readonly StockItem[]) => void,
  ): Promise<Order> {
    const orders = domain.repositoryFor(Order);
    const items = domain.repositoryFor(StockItem);
    const order = await orders.get(orderId);
    const stock = await Promise.all(order.lines.map(({ id: sku }) => items.get(sku)));
    change(order, stock);
    await orders.add(order);
    for (const item of stock) await items.add(item);
    return order;
  }
}
