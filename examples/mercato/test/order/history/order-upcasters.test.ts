import {
  AddressesHaveParts,
  AddressGiven,
  domain,
  LineAdded,
  LinesAreEntities,
  Order,
  OrderPlaced,
  OrderStarted,
  PricesAreMoney,
} from "../../../src/domain";
import { ORDER_17, restoreOrder17 } from "../../../src/tour/order-17";
import { address, euro } from "../../fixtures/happened";
import { shopOfItsOwn } from "../../fixtures/shop-folder";

const orderId = ORDER_17;

it("makes money of cents, and then an entity of the line", () => {
  const stored = { orderId, sku: "espresso-cup", quantity: 4, cents: 1250 };
  const second = { orderId, sku: "espresso-cup", quantity: 4, price: { amount: "12.5", currency: "EUR" } };
  expect(new PricesAreMoney().upcast(stored)).toEqual(second);
  expect(new LinesAreEntities().upcast(second)).toEqual({
    orderId,
    line: { id: "espresso-cup", quantity: 4, price: { amount: "12.5", currency: "EUR" } },
  });
});

it("takes an address apart", () => {
  const stored = { orderId, address: "Via Roma 1, 00184 Rome, IT" };
  expect(new AddressesHaveParts().upcast(stored)).toEqual({ orderId, address });
});

describe("an order of earlier releases", () => {
  shopOfItsOwn();
  beforeEach(restoreOrder17);

  it("is read as events of today, whatever they were called and looked like", async () => {
    const events: unknown[] = [];
    for await (const recorded of domain.eventStore.read(domain.streamFor(Order, ORDER_17)))
      events.push(domain.eventFrom(recorded));
    const line = (id: string, quantity: number, amount: string) =>
      new LineAdded({ orderId, line: { id, quantity, price: euro(amount) } });
    expect(events).toEqual([
      new OrderStarted({ orderId, customerId: "dora", currency: "EUR" }),
      line("espresso-cup", 4, "12.50"),
      line("moka-pot", 1, "34.90"),
      undefined,
      new AddressGiven({ orderId, address }),
      line("sugar-bowl", 1, "18"),
      new OrderPlaced({ orderId }),
    ]);
  });

  it("is loaded from all its events where there is no snapshot", async () => {
    await domain.snapshotsFor(Order).delete(ORDER_17);
    const order = await domain.repositoryFor(Order).get(ORDER_17);
    expect(order).toMatchObject({ customerId: "dora", status: "PLACED", currency: "EUR", version: 6 });
    expect(order.total).toEqual(euro("102.90"));
    expect(order.address).toEqual(expect.objectContaining(address));
  });

  it("is left in the store as it was written", async () => {
    await domain.repositoryFor(Order).get(ORDER_17);
    const first = await domain.eventStore.read(domain.streamFor(Order, ORDER_17), { from: 1 }).next();
    expect(first.value).toMatchObject({
      type: "Mercato.LineAdded.v1",
      data: { orderId, sku: "espresso-cup", quantity: 4, cents: 1250 },
    });
  });
});
