import { given } from "@tidemark/testing";

import {
  CountStock,
  ItemListed,
  ListItem,
  ReceiveStock,
  StockCounted,
  StockItem,
  StockReceived,
} from "../../src/domain";
import { euro, inStock, reserved } from "../fixtures/happened";

describe("ListItem", () => {
  it("lists an article with nothing on hand", async () => {
    const result = await given(StockItem).process(new ListItem({ sku: "cup", name: "Cup", price: euro("12.50") }));
    expect(result.events).toEqual([new ItemListed({ sku: "cup", name: "Cup", price: euro("12.50") })]);
    expect(result.aggregate).toMatchObject({ name: "Cup", onHand: 0, available: 0 });
  });

  it("refuses a name that fits no label", async () => {
    const result = await given(StockItem).process(new ListItem({ sku: "cup", name: "C".repeat(81), price: euro("1") }));
    expect(result.rejection).toMatchObject({ messages: { name: [expect.stringContaining("80")] } });
  });

  it("refuses the sku of another article", async () => {
    const result = await given(StockItem, ...inStock("cup", 3)).process(
      new ListItem({ sku: "cup", name: "Other cup", price: euro("1") }),
    );
    expect(result.rejection).toMatchObject({ code: "EXPECTED_VERSION_MISMATCH" });
  });
});

describe("ReceiveStock", () => {
  it("adds to what is on hand", async () => {
    const result = await given(StockItem, ...inStock("cup", 3)).process(new ReceiveStock({ sku: "cup", quantity: 4 }));
    expect(result.events).toEqual([new StockReceived({ sku: "cup", quantity: 4 })]);
    expect(result.aggregate.onHand).toBe(7);
  });

  it.each([0, -1, 0.5])("refuses a quantity of %p", async (quantity) => {
    const result = await given(StockItem, ...inStock("cup", 3)).process(new ReceiveStock({ sku: "cup", quantity }));
    expect(result.rejection).toMatchObject({ messages: { quantity: [expect.any(String)] } });
  });
});

describe("CountStock", () => {
  const cups = given(StockItem, ...inStock("cup", 9), reserved("cup", 2, "order-1"), reserved("cup", 3, "order-2"));

  it("corrects what was believed to be there", async () => {
    const result = await cups.process(new CountStock({ sku: "cup", onHand: 6 }));
    expect(result.events).toEqual([new StockCounted({ sku: "cup", onHand: 6 })]);
    expect(result.aggregate).toMatchObject({ onHand: 6, reserved: 5, available: 1 });
  });

  it("refuses to promise more than there is", async () => {
    const result = await cups.process(new CountStock({ sku: "cup", onHand: 4 }));
    expect(result.rejectionMessages).toEqual(["5 are reserved, so that 4 are too few"]);
    expect(result.aggregate.onHand).toBe(9);
  });

  it("refuses less than nothing", async () => {
    const result = await given(StockItem, ...inStock("cup", 1)).process(new CountStock({ sku: "cup", onHand: -1 }));
    expect(result.rejection).toMatchObject({ messages: { onHand: [expect.any(String)] } });
  });
});
