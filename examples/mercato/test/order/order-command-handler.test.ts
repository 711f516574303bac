import { DuplicateCommandError, ObjectNotFoundError } from "@tidemark/core";
import { given } from "@tidemark/testing";

import {
  AddLine,
  ChangeQuantity,
  ConfirmDelivery,
  CouponRedeemed,
  GiveAddress,
  ItemListed,
  LineRemoved,
  Order,
  OrderDelivered,
  OrderPaid,
  OrderStarted,
  PayOrder,
  QuantityChanged,
  RedeemCoupon,
  RemoveLine,
  StartOrder,
} from "../../src/domain";
import {
  address,
  addressGiven,
  complete,
  euro,
  inStock,
  lineAdded,
  orderId,
  paid,
  placed,
  redeemed,
  shipped,
  started,
} from "../fixtures/happened";

describe("StartOrder", () => {
  it("begins an empty draft, in euro unless said otherwise", async () => {
    const result = await given(Order).process(new StartOrder({ orderId, customerId: "alice" }));
    expect(result.events).toEqual([new OrderStarted({ orderId, customerId: "alice", currency: "EUR" })]);
    expect(result.aggregate).toMatchObject({ status: "DRAFT", total: euro("0") });
  });

  it("refuses the id of another order", async () => {
    const result = await given(Order, started()).process(new StartOrder({ orderId, customerId: "bruno" }));
    expect(result.rejection).toMatchObject({ code: "EXPECTED_VERSION_MISMATCH" });
    expect(result.aggregate.customerId).toBe("alice");
  });
});

describe("AddLine", () => {
  it("adds an article at its price", async () => {
    const result = await given(Order, started(), ...inStock("cup", 9)).process(
      new AddLine({ orderId, sku: "cup", quantity: 2 }),
    );
    expect(result.events).toEqual([lineAdded("cup", 2, "12.50")]);
    expect(result.aggregate.total).toEqual(euro("25"));
  });

  it("of an article that is in the order already raises its quantity, at the price that it has", async () => {
    const result = await given(Order, started(), lineAdded("cup", 2, "10"), ...inStock("cup", 9)).process(
      new AddLine({ orderId, sku: "cup" }),
    );
    expect(result.events).toEqual([new QuantityChanged({ orderId, sku: "cup", quantity: 3 })]);
    expect(result.aggregate.total).toEqual(euro("30"));
  });

  it("finds no article of an unknown sku", async () => {
    const result = await given(Order, started()).process(new AddLine({ orderId, sku: "spoon" }));
    expect(result.rejection).toBeInstanceOf(ObjectNotFoundError);
    expect(result.rejectionMessages).toEqual([expect.stringContaining("spoon")]);
  });

  it.each([0, -1, 100])("refuses a quantity of %p, and says on which line", async (quantity) => {
    const result = await given(Order, started(), lineAdded("pot", 1, "35"), ...inStock("cup", 200)).process(
      new AddLine({ orderId, sku: "cup", quantity }),
    );
    expect(result.rejection).toMatchObject({
      messages: { "lines.1.quantity": ["Quantity must be between 1 and 99"] },
    });
    expect(result.events).toEqual([]);
  });

  it("refuses an article that is sold in another currency", async () => {
    const listed = new ItemListed({ sku: "mug", name: "Mug", price: { amount: "9", currency: "USD" } });
    const result = await given(Order, started(), listed).process(new AddLine({ orderId, sku: "mug" }));
    expect(result.rejectionMessages).toEqual(["Every line must be in EUR"]);
  });

  it("refuses to change a placed order", async () => {
    const result = await given(Order, ...complete(), placed(), ...inStock("cup", 9)).process(
      new AddLine({ orderId, sku: "cup" }),
    );
    expect(result.rejectionMessages).toEqual(["The order is placed and does not change"]);
  });
});

describe("ChangeQuantity", () => {
  const draft = given(Order, started(), lineAdded("cup", 2, "12.50"));

  it("sets the quantity of a line", async () => {
    const result = await draft.process(new ChangeQuantity({ orderId, sku: "cup", quantity: 5 }));
    expect(result.events).toEqual([new QuantityChanged({ orderId, sku: "cup", quantity: 5 })]);
    expect(result.aggregate.lines.get("cup")).toMatchObject({ quantity: 5, total: euro("62.50") });
  });

  it("to the quantity that it has is nothing that happens", async () => {
    const result = await draft.process(new ChangeQuantity({ orderId, sku: "cup", quantity: 2 }));
    expect([result.accepted, result.events]).toEqual([true, []]);
  });

  it("refuses a quantity that fits no parcel", async () => {
    const result = await draft.process(new ChangeQuantity({ orderId, sku: "cup", quantity: 100 }));
    expect(result.rejectionMessages).toEqual(["Quantity must be between 1 and 99"]);
    expect(result.aggregate.lines.get("cup").quantity).toBe(2);
  });

  it("finds no line of an article that is not in the order", async () => {
    const result = await draft.process(new ChangeQuantity({ orderId, sku: "pot", quantity: 1 }));
    expect(result.rejection).toBeInstanceOf(ObjectNotFoundError);
  });
});

describe("RemoveLine", () => {
  it("takes a line out", async () => {
    const result = await given(Order, ...complete(), lineAdded("pot", 1, "35")).process(
      new RemoveLine({ orderId, sku: "cup" }),
    );
    expect(result.events).toEqual([new LineRemoved({ orderId, sku: "cup" })]);
    expect(result.aggregate.lines.map(({ id }) => id)).toEqual(["pot"]);
  });

  it("refuses to change a placed order", async () => {
    const result = await given(Order, ...complete(), placed()).process(new RemoveLine({ orderId, sku: "cup" }));
    expect(result.rejectionMessages).toEqual(["The order is placed and does not change"]);
    expect(result.aggregate.lines.size).toBe(1);
  });
});

describe("RedeemCoupon", () => {
  it("makes the order cheaper, lines that come later included", async () => {
    const result = await given(Order, started(), lineAdded("cup", 2, "12.50"), ...inStock("pot", 3, "34.90"))
      .process(new RedeemCoupon({ orderId, code: "WELCOME10" }))
      .process(new AddLine({ orderId, sku: "pot" }));
    expect(result.allEvents).toEqual([redeemed(), lineAdded("pot", 1, "34.90")]);
    expect(result.aggregate.total).toEqual(euro("53.91"));
  });

  it("refuses a code that was never given out", async () => {
    const result = await given(Order, started()).process(new RedeemCoupon({ orderId, code: "FREE" }));
    expect(result.rejectionMessages).toEqual(['There is no coupon "FREE"']);
  });

  it("refuses a second coupon", async () => {
    const result = await given(Order, started(), redeemed()).process(new RedeemCoupon({ orderId, code: "SUMMER25" }));
    expect(result.rejectionMessages).toEqual(["Coupon WELCOME10 is redeemed already"]);
    expect(result.eventsOf(CouponRedeemed)).toEqual([]);
  });
});

describe("GiveAddress", () => {
  it("says where the order is to go; the last one counts", async () => {
    const genoa = { ...address, street: "Via Garibaldi 12", postcode: "16124", city: "Genoa" };
    const result = await given(Order, started(), addressGiven()).process(new GiveAddress({ orderId, address: genoa }));
    expect(String(result.aggregate.address)).toBe("Via Garibaldi 12, 16124 Genoa, IT");
  });

  it("takes no half address: the command cannot even be made", () => {
    expect(() => new GiveAddress({ orderId, address: { ...address, city: "", country: "Italy" } })).toThrow(
      expect.objectContaining({
        messages: {
          "address.city": [expect.any(String)],
          "address.country": ["Country must be two capital letters, such as IT"],
        },
      }),
    );
  });

  it("refuses to change a placed order", async () => {
    const result = await given(Order, ...complete(), placed()).process(new GiveAddress({ orderId, address }));
    expect(result.rejectionMessages).toEqual(["The order is placed and does not change"]);
  });
});

describe("PayOrder", () => {
  const unpaid = given(Order, ...complete(), placed());
  const pay = (amount: string, requestId?: string) => new PayOrder({ orderId, amount: euro(amount), requestId });

  it("takes the price and gives the number of the receipt", async () => {
    const result = await unpaid.process(pay("25"));
    const receipt = result.returned as string;
    expect(result.events).toEqual([new OrderPaid({ orderId, amount: euro("25"), receipt })]);
    expect(result.aggregate).toMatchObject({ status: "PAID", receipt });
  });

  it.each(["24.99", "25.01"])("refuses %s in the place of 25.00", async (amount) => {
    const result = await unpaid.process(pay(amount));
    expect(result.rejectionMessages).toEqual([`The order costs 25.00 EUR, not ${amount} EUR`]);
  });

  it("refuses to be paid before it is placed", async () => {
    const result = await given(Order, ...complete()).process(pay("25"));
    expect(result.rejectionMessages).toEqual(['cannot go from "DRAFT" to "PAID"; allowed: "PLACED", "CANCELLED"']);
  });

  it("with one request id is carried out once, and answers with the first receipt again", async () => {
    const first = await unpaid.process(pay("25", "tap-1"));
    expect(first.events).toHaveLength(1);
    const second = await unpaid.process(pay("25", "tap-1")).process(pay("25", "tap-1"));
    expect([second.accepted, second.events]).toEqual([true, []]);
    expect(second.returned).toBe(second.aggregate.receipt);
    expect(second.allEvents).toHaveLength(1);
  });

  it("without a request id is refused the second time", async () => {
    const result = await unpaid.process(pay("25")).process(pay("25"));
    expect(result.rejectionMessages).toEqual(["The order is PAID already"]);
  });

  it("refuses another payment under the same request id", async () => {
    const result = await unpaid.process(pay("25", "tap-1")).process(pay("1", "tap-1"));
    expect(result.rejection).toBeInstanceOf(DuplicateCommandError);
  });

  it("uses up no request id when it is refused", async () => {
    const result = await unpaid.process(pay("1", "tap-1")).process(pay("25", "tap-1"));
    expect(result.aggregate.status).toBe("PAID");
  });
});

describe("ConfirmDelivery", () => {
  it("notes when a shipped order arrived", async () => {
    const result = await given(Order, ...complete(), placed(), paid("25"), shipped()).process(
      new ConfirmDelivery({ orderId }),
    );
    const [delivered] = result.eventsOf(OrderDelivered);
    expect(delivered?.deliveredAt).toBeInstanceOf(Date);
    expect(result.aggregate).toMatchObject({ status: "DELIVERED", deliveredAt: delivered?.deliveredAt });
  });

  it("refuses to arrive before it is shipped", async () => {
    const result = await given(Order, ...complete(), placed(), paid("25")).process(new ConfirmDelivery({ orderId }));
    expect(result.rejectionMessages).toEqual(['cannot go from "PAID" to "DELIVERED"; allowed: "SHIPPED", "CANCELLED"']);
  });

  it("refuses to arrive twice", async () => {
    const result = await given(Order, ...complete(), placed(), paid("25"), shipped())
      .process(new ConfirmDelivery({ orderId }))
      .process(new ConfirmDelivery({ orderId }));
    expect(result.rejectionMessages).toEqual(["The order is DELIVERED already"]);
  });
});
