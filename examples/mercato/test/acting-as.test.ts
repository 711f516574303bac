import { actingAs, domain, ListItem, ReceiveStock, StockItem } from "../src/domain";
import { euro } from "./fixtures/happened";
import { shopOfItsOwn } from "./fixtures/shop-folder";

shopOfItsOwn();

it("notes with each event in whose name it happened", async () => {
  await domain.process(new ListItem({ sku: "cup", name: "Cup", price: euro("10") }));
  await Promise.all(
    ["ada", "ben"].map((name) => actingAs(name, () => domain.process(new ReceiveStock({ sku: "cup", quantity: 1 })))),
  );
  const names: unknown[] = [];
  for await (const { metadata } of domain.eventStore.read(domain.streamFor(StockItem, "cup")))
    names.push(metadata.extensions?.by);
  expect([names[0], ...names.slice(1).sort()]).toEqual(["mercato", "ada", "ben"]);
});
