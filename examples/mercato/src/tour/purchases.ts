import type { Printer } from "@tidemark/example-tour";
import {
  AddLine,
  actingAs,
  domain,
  GiveAddress,
  Order,
  PayOrder,
  PlaceOrder,
  Refund,
  StartOrder,
  StockItem,
  shopClock,
} from "../domain";

const genoa = { street: "Via Garibaldi 12", postcode: "16124", city: "Genoa", country: "IT" };
const bern = { street: "Marktgasse 8", postcode: "3011", city: "Bern", country: "CH" };

/** Shows two orders that end otherwise: one that nobody pays, and one that no carrier takes. */
export async function purchases({ heading, line }: Printer): Promise<void> {
  heading("Orders that end otherwise");
  await place("order-104", "emma", genoa);
  await domain.catchUp();
  line(`  Emma has ordered a moka pot: ${await pots()}.`);
  shopClock.advance({ days: 2 });
  await domain.catchUp();
  line(`  She does not pay. Two days later it is ${await statusOf("order-104")}: ${await pots()}.`);

  const amount = await place("order-105", "finn", bern);
  const receipt = await actingAs("finn", () => domain.process(new PayOrder({ orderId: "order-105", amount })));
  line(`  Finn orders one too, and pays ${amount}: ${await pots()}.`);
  await domain.catchUp();
  const refund = await domain.repositoryFor(Refund).get(receipt);
  line(`  No carrier goes to Bern. It is ${await statusOf("order-105")}: ${await pots()},`);
  line(`  and ${refund.amount} go back to him.`);
  line();
}

async function place(orderId: string, customerId: string, address: typeof bern) {
  return await actingAs(customerId, async () => {
    await domain.process(new StartOrder({ orderId, customerId }));
    await domain.process(new AddLine({ orderId, sku: "moka-pot" }));
    await domain.process(new GiveAddress({ orderId, address }));
    return await domain.process(new PlaceOrder({ orderId }));
  });
}

async function statusOf(orderId: string): Promise<string> {
  return (await domain.repositoryFor(Order).get(orderId)).status;
}

async function pots(): Promise<string> {
  const { onHand, reserved } = await domain.repositoryFor(StockItem).get("moka-pot");
  return `${onHand} on hand, ${reserved} reserved`;
}
