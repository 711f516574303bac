import type { Printer } from "@tidemark/example-tour";
import { AddLine, actingAs, domain, GiveAddress, Order, PayOrder, PlaceOrder, StartOrder } from "../domain";

const orderId = "order-102";
const address = { street: "Am Markt 3", postcode: "28195", city: "Bremen", country: "DE" };

/** Sends commands again, as a client that got no answer does: with the same request id each is carried out once. */
export async function impatientClient({ heading, line }: Printer): Promise<void> {
  heading("A client that retries");
  await actingAs("bruno", async () => {
    await domain.process(new StartOrder({ orderId, customerId: "bruno" }));
    await domain.process(new AddLine({ orderId, sku: "sugar-bowl", quantity: 2 }));
    await domain.process(new GiveAddress({ orderId, address }));
    const place = new PlaceOrder({ orderId, requestId: "tap-1" });
    const totals = [await domain.process(place), await domain.process(place)];
    line(`  Bruno taps "order" twice, and twice it says: ${totals.join(", ")}.`);

    const [amount] = totals;
    if (amount === undefined) return;
    const pay = new PayOrder({ orderId, amount, requestId: "tap-2" });
    const receipts = await Promise.all([1, 2, 3].map(() => domain.process(pay)));
    line(`  He taps "pay" three times at once: ${new Set(receipts).size} receipt.`);

    const other = new PayOrder({ orderId, amount: { amount: "1", currency: "EUR" }, requestId: "tap-2" });
    line(`  Another payment in the place of that one: ${await domain.process(other).catch(({ code }) => code)}.`);
  });
  const { version, status } = await domain.repositoryFor(Order).get(orderId);
  line(`  What is stored is one order, ${status}, with ${version + 1} events.`);
  line();
}
