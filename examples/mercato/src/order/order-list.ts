import { type Page, Query, read, type View } from "@tidemark/core";
import { z } from "zod";

import { domain } from "../mercato";
import { OrderRow, status } from "./order-row";

const listedOrder = z.object({
  orderId: z.string(),
  customerId: z.string(),
  status: z.string(),
  articles: z.int(),
});

/** Asks for a page of orders, the oldest first. What is not given does not matter. */
@domain.query({ of: OrderRow })
export class FindOrders extends Query(
  {
    customerId: z.string().optional(),
    status: status().optional(),
    /** A part of an article's sku. */
    article: z.string().optional(),
    size: z.int().positive().default(20),
    /** `next` of the page before. */
    after: z.string().optional(),
  },
  { returns: z.object({ rows: z.array(listedOrder).readonly(), next: z.string().optional() }) },
) {}

@domain.queryHandler({ of: OrderRow })
export class OrderQueryHandler {
  @read(FindOrders)
  async find(query: FindOrders, orders: View<OrderRow>): Promise<Page<OrderRow>> {
    const { customerId, status, article, size, after } = query;
    let found = orders.orderBy("startedAt");
    if (customerId !== undefined) found = found.where("customerId", "=", customerId);
    if (status !== undefined) found = found.where("status", "=", status);
    if (article !== undefined) found = found.where("skus", "contains", article);
    return await found.page({ size, after });
  }
}
