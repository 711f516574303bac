import type { Printer } from "@tidemark/example-tour";
import { domain, Order, StockItem } from "../domain";
import { cataloguePages } from "./catalogue-pages";
import { everydayOrder } from "./everyday-order";
import { impatientClient } from "./impatient-client";
import { oldOrder } from "./old-order";
import { openOrdersList } from "./open-orders-list";
import { orderList } from "./order-list";
import { purchases } from "./purchases";
import { refusals } from "./refusals";
import { stockTheShelves } from "./stock-the-shelves";

/** Runs the shop for a day, on an empty event store. */
export async function tour(printer: Printer): Promise<void> {
  await domain.init();
  try {
    await stockTheShelves(printer);
    await cataloguePages(printer);
    await everydayOrder(printer);
    await impatientClient(printer);
    await refusals(printer);
    await openOrdersList(printer);
    await oldOrder(printer);
    await orderList(printer);
    await purchases(printer);

    const orders = await domain.repositoryFor(Order).count();
    const articles = await domain.repositoryFor(StockItem).count();
    printer.line(`The shop now has ${orders} orders and ${articles} articles. Look around in examples/mercato:`);
  } finally {
    await domain.close();
  }
}
