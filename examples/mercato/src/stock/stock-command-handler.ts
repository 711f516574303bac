import { handle } from "@tidemark/core";

import { domain } from "../mercato";
import { CountStock, ListItem, ReceiveStock } from "./stock-commands";
import { StockItem } from "./stock-item";

@domain.commandHandler({ partOf: StockItem })
export class StockCommandHandler {
  @handle(ListItem)
  async list({ sku, name, price }: ListItem): Promise<void> {
    await domain.repositoryFor(StockItem).add(StockItem.list(sku, name, price));
  }

  @handle(ReceiveStock)
  async receive({ sku, quantity }: ReceiveStock): Promise<void> {
    await domain.repositoryFor(StockItem).update(sku, (item) => item.receive(quantity));
  }

  @handle(CountStock)
  async count({ sku, onHand }: CountStock): Promise<void> {
    await domain.repositoryFor(StockItem).update(sku, (item) => item.count(onHand));
  }
}
