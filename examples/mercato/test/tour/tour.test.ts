import type { Printer } from "@tidemark/example-tour";
import { domain, Order, StockItem } from "../../src/domain";
import { tour } from "../../src/tour/tour";
import { shopOfItsOwn } from "../fixtures/shop-folder";

shopOfItsOwn();

function collecting(): Printer & { readonly lines: string[] } {
  const lines: string[] = [];
  return { lines, heading: (text) => lines.push(text), line: (text = "") => lines.push(text) };
}

describe("the tour", () => {
  it("shows an order on its way, retries, refusals, facts, what earlier releases stored, and orders that end otherwise", async () => {
    const printer = collecting();
    await tour(printer);
    expect(printer.lines).toEqual(
      expect.arrayContaining([
        "  she places it           PLACED      53.91 EUR   3, 1 reserved",
        "  and arrives             DELIVERED   53.91 EUR   2, 0 reserved",
        "  Mercato.OrderShipped.v1    mercato",
        '  Bruno taps "order" twice, and twice it says: 36.00 EUR, 36.00 EUR.',
        '  He taps "pay" three times at once: 1 receipt.',
        '  PlaceOrder: Only 2 of "Moka pot" available, not 5',
        "  order-102 of bruno, 2 articles, PAID",
        "  Mercato.OrderSubmitted.v1   OrderPlaced",
        "  Loaded, it is PLACED, costs 102.90 EUR and goes to",
        "  Its snapshot of schema version 1 was carried over to version 2.",
        "  She does not pay. Two days later it is CANCELLED: 2 on hand, 0 reserved.",
        "  No carrier goes to Bern. It is CANCELLED: 2 on hand, 0 reserved,",
        "  and 34.90 EUR go back to him.",
      ]),
    );
  });

  it("fits into 80 columns", async () => {
    const printer = collecting();
    await tour(printer);
    expect(printer.lines.filter((line) => line.length > 80)).toEqual([]);
  });

  it("leaves a sound store with six orders and three articles", async () => {
    await tour(collecting());
    await domain.init();
    expect(await domain.repositoryFor(Order).count()).toBe(6);
    expect(await domain.repositoryFor(StockItem).count()).toBe(3);
    for await (const { faults } of domain.verifyEventStore()) expect(faults).toEqual([]);
  });
});
