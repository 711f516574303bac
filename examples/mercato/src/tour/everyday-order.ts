import type { CommandRoot } from "@tidemark/core";
import { type Printer, table } from "@tidemark/example-tour";
import {
  AddLine,
  actingAs,
  ConfirmDelivery,
  domain,
  GiveAddress,
  Order,
  PayOrder,
  PlaceOrder,
  RedeemCoupon,
  StartOrder,
  StockItem,
} from "../domain";

const orderId = "order-101";
const price = { amount: "53.91", currency: "EUR" } as const;
const address = { street: "Via Garibaldi 12", postcode: "16124", city: "Genoa", country: "IT" };

/** Of the step without a command the shop takes care itself, by the process `Purchase`. */
const STEPS: readonly (readonly [what: string, who: string, command?: CommandRoot])[] = [
  ["Alice begins an order", "alice", new StartOrder({ orderId, customerId: "alice" })],
  ["two espresso cups", "alice", new AddLine({ orderId, sku: "espresso-cup", quantity: 2 })],
  ["and a moka pot", "alice", new AddLine({ orderId, sku: "moka-pot" })],
  ["her coupon", "alice", new RedeemCoupon({ orderId, code: "WELCOME10" })],
  ["where to", "alice", new GiveAddress({ orderId, address })],
  ["she places it", "alice", new PlaceOrder({ orderId })],
  ["and pays", "alice", new PayOrder({ orderId, amount: price })],
  ["it leaves the house", "mercato"],
  ["and arrives", "carrier", new ConfirmDelivery({ orderId })],
];

/** Takes one order from its first line to its delivery, and shows its stored events. */
export async function everydayOrder({ heading, line }: Printer): Promise<void> {
  heading("An order");
  const rows: string[][] = [];
  for (const [what, who, command] of STEPS) {
    await actingAs(who, () => (command === undefined ? domain.catchUp() : domain.process(command)));
    const { status, total } = await domain.repositoryFor(Order).get(orderId);
    const pot = await domain.repositoryFor(StockItem).get("moka-pot");
    rows.push([what, status, String(total), `${pot.onHand}, ${pot.reserved} reserved`]);
  }
  const columns = [
    ["what happens", "left"],
    ["status", "left"],
    ["total", "right"],
    ["moka pots", "left"],
  ] as const;
  for (const text of table(columns, rows)) line(`  ${text}`);
  line();

  line("  Each event says who it comes from:");
  for await (const { type, metadata } of domain.eventStore.read(domain.streamFor(Order, orderId))) {
    line(`  ${type.padEnd(26)} ${metadata.extensions?.by}`);
  }
  line();
}
