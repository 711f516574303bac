import {
  AddLine,
  CancelOrder,
  domain,
  GiveAddress,
  ListItem,
  OpenOrders,
  PayOrder,
  PlaceOrder,
  ReceiveStock,
  StartOrder,
} from "../../src/domain";
import { address, euro } from "../fixtures/happened";
import { shopOfItsOwn } from "../fixtures/shop-folder";

shopOfItsOwn();

async function place(orderId: string, quantity: number): Promise<void> {
  await domain.process(new StartOrder({ orderId, customerId: "alice" }));
  await domain.process(new AddLine({ orderId, sku: "cup", quantity }));
  await domain.process(new GiveAddress({ orderId, address }));
  await domain.process(new PlaceOrder({ orderId }));
}

beforeEach(async () => {
  await domain.process(new ListItem({ sku: "cup", name: "Cup", price: euro("10") }));
  await domain.process(new ReceiveStock({ sku: "cup", quantity: 9 }));
});

describe("the list of open orders", () => {
  it("knows placed and paid orders, and no drafts", async () => {
    await place("order-1", 2);
    await place("order-2", 3);
    await domain.process(new PayOrder({ orderId: "order-2", amount: euro("30") }));
    await domain.process(new StartOrder({ orderId: "order-3", customerId: "bruno" }));
    const orders = new OpenOrders();
    await orders.catchUp();
    expect(orders.list).toEqual([
      { orderId: "order-1", customerId: "alice", status: "PLACED", articles: 2 },
      { orderId: "order-2", customerId: "alice", status: "PAID", articles: 3 },
    ]);
  });

  it("reads on where it stopped, and drops what is no longer open", async () => {
    await place("order-1", 2);
    const orders = new OpenOrders();
    expect(await orders.catchUp()).toBe(4);
    await domain.process(new CancelOrder({ orderId: "order-1", reason: "late" }));
    expect(await orders.catchUp()).toBe(1);
    expect(orders.list).toEqual([]);
    expect(await orders.catchUp()).toBe(0);
  });
});
