import { type CommandRoot, ValidationError } from "@tidemark/core";
import type { Printer } from "@tidemark/example-tour";

import { AddLine, ChangeQuantity, domain, GiveAddress, Order, PlaceOrder, ShipOrder, StartOrder } from "../domain";

const orderId = "order-103";
const address = { street: "Rua Augusta 24", postcode: "1100-053", city: "Lisbon", country: "PT" };

/** Sends commands that are rejected: each error gives the reason, and nothing is stored. */
export async function refusals({ heading, line }: Printer): Promise<void> {
  heading("What is refused");
  await domain.process(new StartOrder({ orderId, customerId: "carla" }));
  await refused(new PlaceOrder({ orderId }));
  await domain.process(new AddLine({ orderId, sku: "moka-pot", quantity: 5 }));
  await refused(new ChangeQuantity({ orderId, sku: "moka-pot", quantity: 100 }));
  await domain.process(new GiveAddress({ orderId, address }));
  await refused(new PlaceOrder({ orderId }));
  await refused(new ShipOrder({ orderId, trackingNumber: "IT-5502" }));

  const { version, status } = await domain.repositoryFor(Order).get(orderId);
  line(`  The order is still a ${status}, with the ${version + 1} events of what was accepted.`);
  line();

  async function refused(command: CommandRoot): Promise<void> {
    const error: unknown = await domain.process(command).catch((reason: unknown) => reason);
    if (!(error instanceof ValidationError)) throw error;
    line(`  ${command.constructor.name}: ${Object.values(error.messages).join(" ")}`);
  }
}
