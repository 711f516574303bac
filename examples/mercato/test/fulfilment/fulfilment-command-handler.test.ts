import { given } from "@tidemark/testing";

import {
  CancelOrder,
  ExpireOrder,
  Order,
  OrderCancelled,
  OrderDelivered,
  OrderReturned,
  PlaceOrder,
  ReservationReleased,
  ReservationShipped,
  ReturnOrder,
  ShipOrder,
  StockItem,
  StockReceived,
} from "../../src/domain";
import {
  addressGiven,
  complete,
  euro,
  inStock,
  lineAdded,
  listed,
  orderId,
  paid,
  placed,
  reserved,
  shipped,
  started,
} from "../fixtures/happened";

describe("PlaceOrder", () => {
  const place = new PlaceOrder({ orderId });
  const twoArticles = [...complete(), lineAdded("pot", 1, "35")];

  it("sets aside what the order needs, and gives its price", async () => {
    const result = await given(Order, ...twoArticles, ...inStock("cup", 9), ...inStock("pot", 1)).process(place);
    expect(result.events).toEqual([placed(), reserved("cup", 2), reserved("pot", 1)]);
    expect(result.returned).toEqual(euro("60"));
  });

  it("stores nothing at all when one article is short", async () => {
    const result = await given(Order, ...twoArticles, ...inStock("cup", 9), listed("pot", "35")).process(place);
    expect(result.rejectionMessages).toEqual(['Only 0 of "pot" available, not 1']);
    expect(result.events).toEqual([]);
    expect(result.aggregate.status).toBe("DRAFT");
  });

  it("counts what others have reserved as gone", async () => {
    const result = await given(Order, ...complete(), ...inStock("cup", 3), reserved("cup", 2, "order-2")).process(
      place,
    );
    expect(result.rejectionMessages).toEqual(['Only 1 of "cup" available, not 2']);
  });

  it("refuses an order without lines", async () => {
    const result = await given(Order, started(), addressGiven()).process(place);
    expect(result.rejectionMessages).toEqual(["An order without lines cannot be placed"]);
  });

  it("refuses an order that goes nowhere", async () => {
    const result = await given(Order, started(), lineAdded("cup", 1, "1"), ...inStock("cup", 9)).process(place);
    expect(result.rejectionMessages).toEqual(["Say first where the order is to go"]);
  });

  it("refuses to place an order twice", async () => {
    const result = await given(Order, ...complete(), ...inStock("cup", 9))
      .process(place)
      .process(place);
    expect(result.rejectionMessages).toEqual(["The order is PLACED already"]);
  });

  it("with one request id is carried out once, and gives the price again", async () => {
    const retried = new PlaceOrder({ orderId, requestId: "tap-1" });
    const result = await given(Order, ...complete(), ...inStock("cup", 9))
      .process(retried)
      .process(retried);
    expect([result.accepted, result.events]).toEqual([true, []]);
    expect(result.allEvents).toEqual([placed(), reserved("cup", 2)]);
    expect(result.returned).toEqual(euro("25"));
  });
});

describe("ShipOrder", () => {
  const ship = new ShipOrder({ orderId, trackingNumber: "IT-1" });

  it("takes what was set aside out of the house", async () => {
    const stock = [...inStock("cup", 9), reserved("cup", 2)];
    const result = await given(StockItem, ...stock, ...complete(), placed(), paid("25")).process(ship);
    expect(result.events).toEqual([shipped(), new ReservationShipped({ sku: "cup", orderId })]);
    expect(result.aggregate).toMatchObject({ onHand: 7, reserved: 0, available: 7 });
  });

  it("refuses what is not paid", async () => {
    const result = await given(Order, ...complete(), placed(), ...inStock("cup", 9), reserved("cup", 2)).process(ship);
    expect(result.rejectionMessages).toEqual(['cannot go from "PLACED" to "SHIPPED"; allowed: "PAID", "CANCELLED"']);
    expect(result.events).toEqual([]);
  });
});

describe("CancelOrder", () => {
  const cancel = new CancelOrder({ orderId, reason: "changed my mind" });

  it("sets free what was set aside", async () => {
    const stock = [...inStock("cup", 9), reserved("cup", 2)];
    const result = await given(StockItem, ...stock, ...complete(), placed()).process(cancel);
    expect(result.events).toEqual([
      new OrderCancelled({ orderId, reason: "changed my mind" }),
      new ReservationReleased({ sku: "cup", orderId }),
    ]);
    expect(result.aggregate).toMatchObject({ onHand: 9, available: 9 });
  });

  it("of a draft leaves the stock alone", async () => {
    const result = await given(Order, ...complete(), ...inStock("cup", 9)).process(cancel);
    expect(result.events).toEqual([new OrderCancelled({ orderId, reason: "changed my mind" })]);
    expect(result.aggregate.status).toBe("CANCELLED");
  });

  it("happens once", async () => {
    const result = await given(Order, ...complete(), ...inStock("cup", 9))
      .process(cancel)
      .process(cancel);
    expect(result.rejectionMessages).toEqual(["The order is CANCELLED already"]);
  });

  it("refuses what has left the house", async () => {
    const result = await given(Order, ...complete(), placed(), paid("25"), shipped(), ...inStock("cup", 9)).process(
      cancel,
    );
    expect(result.rejectionMessages).toEqual(['cannot go from "SHIPPED" to "CANCELLED"; allowed: "DELIVERED"']);
  });
});

describe("ExpireOrder", () => {
  const expire = new ExpireOrder({ orderId });

  it("cancels what is not paid, and sets free what was set aside", async () => {
    const result = await given(Order, ...complete(), placed(), ...inStock("cup", 9), reserved("cup", 2)).process(
      expire,
    );
    expect(result.events).toEqual([
      new OrderCancelled({ orderId, reason: "It was not paid in time" }),
      new ReservationReleased({ sku: "cup", orderId }),
    ]);
  });

  it("refuses what is paid", async () => {
    const result = await given(Order, ...complete(), placed(), paid("25"), ...inStock("cup", 9)).process(expire);
    expect(result.rejectionMessages).toEqual(["The order is PAID, not PLACED"]);
    expect(result.events).toEqual([]);
  });
});

describe("ReturnOrder", () => {
  const daysAgo = (days: number) => new Date(Date.now() - days * 24 * 60 * 60 * 1000);
  const delivered = (days: number) => [
    ...complete(),
    placed(),
    paid("25"),
    shipped(),
    new OrderDelivered({ orderId, deliveredAt: daysAgo(days) }),
  ];

  it("brings the articles back into the stock", async () => {
    const result = await given(Order, ...delivered(13), ...inStock("cup", 7)).process(new ReturnOrder({ orderId }));
    expect(result.events).toEqual([new OrderReturned({ orderId }), new StockReceived({ sku: "cup", quantity: 2 })]);
    expect(result.aggregate.status).toBe("RETURNED");
  });

  it("happens once, and so does the growth of the stock", async () => {
    const sentBack = new ReturnOrder({ orderId });
    const result = await given(StockItem, ...inStock("cup", 7), ...delivered(13))
      .process(sentBack)
      .process(sentBack);
    expect(result.rejectionMessages).toEqual(["The order is RETURNED already"]);
    expect(result.aggregate.onHand).toBe(9);
  });

  it("is refused after two weeks", async () => {
    const result = await given(Order, ...delivered(15), ...inStock("cup", 7)).process(new ReturnOrder({ orderId }));
    expect(result.rejectionMessages).toEqual(["An order can be sent back for 14 days"]);
  });

  it("is refused for what has not arrived", async () => {
    const result = await given(Order, ...complete(), ...inStock("cup", 7)).process(new ReturnOrder({ orderId }));
    expect(result.rejectionMessages).toEqual(['cannot go from "DRAFT" to "RETURNED"; allowed: "PLACED", "CANCELLED"']);
  });
});
