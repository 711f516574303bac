import { type Printer, table } from "@tidemark/example-tour";
import { domain, FindOrders } from "../domain";

/** Shows the list of orders page by page, and what a search finds. */
export async function orderList({ heading, line }: Printer): Promise<void> {
  heading("The list of orders");
  await domain.catchUp();
  const first = await domain.dispatch(new FindOrders({ size: 3 }));
  const second = await domain.dispatch(new FindOrders({ size: 3, after: first.next }));
  const columns = [
    ["page", "right"],
    ["order", "left"],
    ["customer", "left"],
    ["articles", "right"],
    ["status", "left"],
  ] as const;
  const rows = [first, second].flatMap((page, index) =>
    page.rows.map((order) => [
      String(index + 1),
      order.orderId,
      order.customerId,
      String(order.articles),
      order.status,
    ]),
  );
  for (const text of table(columns, rows)) line(`  ${text}`);
  line();
  const search = await domain.dispatch(new FindOrders({ article: "moka", status: "PLACED" }));
  line(`  Placed, with a moka pot: ${search.rows.map(({ orderId }) => orderId).join(", ")}`);
  line();
}
