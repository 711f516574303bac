import { handle } from "@tidemark/core";

import { domain } from "../mercato";
import { StockItem } from "../stock/stock-item";
import { Coupon } from "./coupon";
import { Order } from "./order";
import {
  AddLine,
  ChangeQuantity,
  ConfirmDelivery,
  GiveAddress,
  PayOrder,
  RedeemCoupon,
  RemoveLine,
  StartOrder,
} from "./order-commands";

/** Carries out the commands that concern only an order. */
@domain.commandHandler({ partOf: Order })
export class OrderCommandHandler {
  @handle(StartOrder)
  async start({ orderId, customerId, currency }: StartOrder): Promise<void> {
    await domain.repositoryFor(Order).add(Order.start(orderId, customerId, currency));
  }

  @handle(AddLine)
  async addLine({ orderId, sku, quantity }: AddLine): Promise<void> {
    const { price } = await domain.repositoryFor(StockItem).get(sku);
    await domain.repositoryFor(Order).update(orderId, (order) => order.add(sku, quantity, price));
  }

  @handle(ChangeQuantity)
  async changeQuantity({ orderId, sku, quantity }: ChangeQuantity): Promise<void> {
    await domain.repositoryFor(Order).update(orderId, (order) => order.changeQuantity(sku, quantity));
  }

  @handle(RemoveLine)
  async removeLine({ orderId, sku }: RemoveLine): Promise<void> {
    await domain.repositoryFor(Order).update(orderId, (order) => order.remove(sku));
  }

  @handle(RedeemCoupon)
  async redeem({ orderId, code }: RedeemCoupon): Promise<void> {
    await domain.repositoryFor(Order).update(orderId, (order) => order.redeem(Coupon.of(code)));
  }

  @handle(GiveAddress)
  async giveAddress({ orderId, address }: GiveAddress): Promise<void> {
    await domain.repositoryFor(Order).update(orderId, (order) => order.shipTo(address));
  }

  /** @returns the number of the receipt. */
  @handle(PayOrder)
  async pay({ orderId, amount }: PayOrder): Promise<string> {
    const receipt = domain.ids.next();
    await domain.repositoryFor(Order).update(orderId, (order) => order.pay(amount, receipt));
    return receipt;
  }

  @handle(ConfirmDelivery)
  async confirmDelivery({ orderId }: ConfirmDelivery): Promise<void> {
    await domain.repositoryFor(Order).update(orderId, (order) => order.confirmDelivery(domain.clock.now()));
  }
}
