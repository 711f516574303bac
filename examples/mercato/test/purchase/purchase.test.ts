import {
  AddLine,
  CancelOrder,
  domain,
  GiveAddress,
  ListItem,
  Order,
  PayOrder,
  PlaceOrder,
  ReceiveStock,
  Refund,
  Shipment,
  StartOrder,
  StockItem,
  shopClock,
} from "../../src/domain";
import { address, euro, orderId } from "../fixtures/happened";
import { shopOfItsOwn } from "../fixtures/shop-folder";

shopOfItsOwn();

const abroad = { street: "Marktgasse 8", postcode: "3011", city: "Bern", country: "CH" };
const price = euro("25");

beforeEach(async () => {
  await domain.process(new ListItem({ sku: "cup", name: "Cup", price: euro("12.50") }));
  await domain.process(new ReceiveStock({ sku: "cup", quantity: 9 }));
});

async function placeOrder(to = address): Promise<void> {
  await domain.process(new StartOrder({ orderId, customerId: "alice" }));
  await domain.process(new AddLine({ orderId, sku: "cup", quantity: 2 }));
  await domain.process(new GiveAddress({ orderId, address: to }));
  await domain.process(new PlaceOrder({ orderId }));
}

const pay = () => domain.process(new PayOrder({ orderId, amount: price }));

async function stock() {
  const { onHand, reserved } = await domain.repositoryFor(StockItem).get("cup");
  return { onHand, reserved };
}

const status = async () => (await domain.repositoryFor(Order).get(orderId)).status;

/** Does everything there is to do, and expects that nothing is set aside. */
async function everything(): Promise<void> {
  expect(await domain.catchUp()).toEqual({ parked: [] });
}

describe("a purchase", () => {
  it("ends with the shipment of what was paid", async () => {
    await placeOrder();
    await everything();
    expect([await status(), await stock()]).toEqual(["PLACED", { onHand: 9, reserved: 2 }]);
    await pay();
    await everything();
    expect([await status(), await stock()]).toEqual(["SHIPPED", { onHand: 7, reserved: 0 }]);
    const { status: shipment, trackingNumber } = await domain.repositoryFor(Shipment).get(orderId);
    expect({ shipment, trackingNumber }).toEqual({ shipment: "BOOKED", trackingNumber: "IT-order-1" });
  });

  it("expires after two days without payment, not before, and sets the stock free", async () => {
    await placeOrder();
    await everything();
    shopClock.advance({ days: 1.9 });
    await everything();
    expect([await status(), await stock()]).toEqual(["PLACED", { onHand: 9, reserved: 2 }]);
    shopClock.advance({ days: 0.1 });
    await everything();
    expect([await status(), await stock()]).toEqual(["CANCELLED", { onHand: 9, reserved: 0 }]);
    expect(await domain.repositoryFor(Refund).count()).toBe(0);
  });

  it("does not expire once it is paid", async () => {
    await placeOrder();
    await everything();
    await pay();
    shopClock.advance({ days: 3 });
    await everything();
    expect(await status()).toBe("SHIPPED");
  });

  it("gives the money back where no carrier goes, and sets the stock free", async () => {
    await placeOrder(abroad);
    const receipt = await pay();
    await everything();
    expect([await status(), await stock()]).toEqual(["CANCELLED", { onHand: 9, reserved: 0 }]);
    const { orderId: refunded, amount } = await domain.repositoryFor(Refund).get(receipt);
    expect({ refunded, amount }).toEqual({ refunded: orderId, amount: price });
    expect(await domain.repositoryFor(Shipment).exists(orderId)).toBe(false);
  });

  it("gives the money back to a customer who cancels before it is shipped", async () => {
    await placeOrder();
    const receipt = await pay();
    await domain.process(new CancelOrder({ orderId, reason: "changed my mind" }));
    await everything();
    expect([await status(), await stock()]).toEqual(["CANCELLED", { onHand: 9, reserved: 0 }]);
    expect((await domain.repositoryFor(Refund).get(receipt)).amount).toEqual(price);
  });

  it("leaves nothing behind where the customer cancels what is not paid", async () => {
    await placeOrder();
    await everything();
    await domain.process(new CancelOrder({ orderId, reason: "changed my mind" }));
    shopClock.advance({ days: 3 });
    await everything();
    expect([await status(), await stock()]).toEqual(["CANCELLED", { onHand: 9, reserved: 0 }]);
  });

  it("never begins for a draft", async () => {
    await domain.process(new StartOrder({ orderId, customerId: "alice" }));
    await domain.process(new CancelOrder({ orderId, reason: "changed my mind" }));
    await everything();
    expect(await status()).toBe("CANCELLED");
  });

  it("goes on after a restart of the shop", async () => {
    await placeOrder();
    await everything();
    await domain.close();
    shopClock.advance({ days: 2 });
    await domain.init();
    await everything();
    expect(await status()).toBe("CANCELLED");
  });
});
