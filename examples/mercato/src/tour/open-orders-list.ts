import type { Printer } from "@tidemark/example-tour";
import { domain, OpenOrders } from "../domain";

/** Shows the list of the warehouse, which is built from facts and kept up to date by reading the new ones. */
export async function openOrdersList({ heading, line }: Printer): Promise<void> {
  heading("What the warehouse sees");
  const orders = new OpenOrders();
  line(`  From ${await orders.catchUp()} facts it knows what is open:`);
  for (const { orderId, customerId, status, articles } of orders.list)
    line(`  ${orderId} of ${customerId}, ${articles} articles, ${status}`);
  await domain.catchUp();
  line(`  order-102 is shipped. ${await orders.catchUp()} fact later ${orders.list.length} are open.`);
  line();
}
