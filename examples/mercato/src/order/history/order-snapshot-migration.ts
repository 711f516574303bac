import { domain } from "../../mercato";
import { Order } from "../order";
import { addressOfLine, moneyOfCents } from "./first-release";

/** Converts the state as the upcasters convert the events, so that a long order need not be replayed. */
@domain.snapshotMigration({ aggregate: Order, from: 1, to: 2 })
export class OrdersOfTheFirstRelease {
  migrate({ lines, address, status, ...state }: Record<string, any>): Record<string, unknown> {
    return {
      ...state,
      currency: "EUR",
      status: status === "SUBMITTED" ? "PLACED" : status,
      lines: lines.map(({ sku: id, quantity, cents }: Record<string, any>) => ({
        id,
        quantity,
        price: moneyOfCents(cents),
      })),
      ...(address !== undefined && { address: addressOfLine(address) }),
    };
  }
}
