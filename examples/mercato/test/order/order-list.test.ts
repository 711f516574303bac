import {
  AddLine,
  ChangeQuantity,
  domain,
  FindOrders,
  GiveAddress,
  ListItem,
  OrderRow,
  PayOrder,
  PlaceOrder,
  ReceiveStock,
  RemoveLine,
  StartOrder,
} from "../../src/domain";
import { address, euro } from "../fixtures/happened";
import { shopOfItsOwn } from "../fixtures/shop-folder";

shopOfItsOwn();

async function start(orderId: string, customerId: string, sku: string): Promise<void> {
  await domain.process(new StartOrder({ orderId, customerId }));
  await domain.process(new AddLine({ orderId, sku, quantity: 2 }));
}

async function found(query: FindOrders): Promise<readonly string[]> {
  return (await domain.dispatch(query)).rows.map(({ orderId }) => orderId);
}

beforeEach(async () => {
  for (const sku of ["cup", "moka-pot"]) {
    await domain.process(new ListItem({ sku, name: sku, price: euro("10") }));
    await domain.process(new ReceiveStock({ sku, quantity: 9 }));
  }
});

describe("the list of orders", () => {
  it("has a row with the articles, the status and what was paid", async () => {
    const orderId = "order-1";
    await start(orderId, "alice", "cup");
    await domain.process(new AddLine({ orderId, sku: "moka-pot" }));
    await domain.process(new ChangeQuantity({ orderId, sku: "cup", quantity: 3 }));
    await domain.process(new GiveAddress({ orderId, address }));
    await domain.process(new PlaceOrder({ orderId }));
    await domain.process(new PayOrder({ orderId, amount: euro("40") }));
    await domain.catchUp();
    const { startedAt, paid, ...row } = await domain.viewOf(OrderRow).get(orderId);
    expect(row).toEqual({
      orderId,
      customerId: "alice",
      status: "SHIPPED",
      quantities: { cup: 3, "moka-pot": 1 },
      skus: "cup moka-pot",
      articles: 4,
    });
    expect(paid?.toFixed(2)).toBe("40.00");
    expect(startedAt).toBeInstanceOf(Date);
  });

  it("is read page by page, the oldest order first", async () => {
    for (const orderId of ["order-1", "order-2", "order-3"]) await start(orderId, "alice", "cup");
    await domain.catchUp();
    const first = await domain.dispatch(new FindOrders({ size: 2 }));
    const second = await domain.dispatch(new FindOrders({ size: 2, after: first.next }));
    expect(first.rows.map(({ orderId }) => orderId)).toEqual(["order-1", "order-2"]);
    expect(second.rows.map(({ orderId }) => orderId)).toEqual(["order-3"]);
    expect(second.next).toBeUndefined();
  });

  it("finds orders by customer, status and a part of an article's sku", async () => {
    await start("order-1", "alice", "cup");
    await start("order-2", "bruno", "moka-pot");
    await start("order-3", "alice", "moka-pot");
    await domain.process(new GiveAddress({ orderId: "order-3", address }));
    await domain.process(new PlaceOrder({ orderId: "order-3" }));
    await domain.catchUp();
    expect(await found(new FindOrders({ customerId: "alice" }))).toEqual(["order-1", "order-3"]);
    expect(await found(new FindOrders({ article: "moka" }))).toEqual(["order-2", "order-3"]);
    expect(await found(new FindOrders({ article: "moka", status: "PLACED" }))).toEqual(["order-3"]);
  });

  it("no longer finds an order by an article that was removed", async () => {
    await start("order-1", "alice", "cup");
    await domain.process(new AddLine({ orderId: "order-1", sku: "moka-pot" }));
    await domain.process(new RemoveLine({ orderId: "order-1", sku: "moka-pot" }));
    await domain.catchUp();
    expect(await found(new FindOrders({ article: "moka" }))).toEqual([]);
    expect(await found(new FindOrders({ article: "cup" }))).toEqual(["order-1"]);
  });
});
