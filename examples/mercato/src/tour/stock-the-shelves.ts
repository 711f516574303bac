import { type Printer, table } from "@tidemark/example-tour";
import { domain, ListItem, ReceiveStock } from "../domain";

const ARTICLES = [
  { sku: "espresso-cup", name: "Espresso cup", amount: "12.50", quantity: 40 },
  { sku: "moka-pot", name: "Moka pot", amount: "34.90", quantity: 3 },
  { sku: "sugar-bowl", name: "Sugar bowl", amount: "18.00", quantity: 10 },
];

/** Adds the articles that the shop sells to its stock. */
export async function stockTheShelves({ heading, line }: Printer): Promise<void> {
  heading("What the shop sells");
  const columns = [
    ["article", "left"],
    ["price", "right"],
    ["on hand", "right"],
  ] as const;
  const rows: string[][] = [];
  for (const { sku, name, amount, quantity } of ARTICLES) {
    await domain.process(new ListItem({ sku, name, price: { amount, currency: "EUR" } }));
    await domain.process(new ReceiveStock({ sku, quantity }));
    rows.push([name, `${amount} EUR`, String(quantity)]);
  }
  for (const text of table(columns, rows)) line(`  ${text}`);
  line();
}
