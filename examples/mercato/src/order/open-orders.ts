import { domain } from "../mercato";
import { Order } from "./order";

export interface OpenOrder {
  readonly orderId: string;
  readonly customerId: string;
  readonly status: "PLACED" | "PAID";
  readonly articles: number;
}

/** The orders that the warehouse has to work on. Folds no events: each fact is the whole order after a save. */
export class OpenOrders {
  readonly #byId = new Map<string, OpenOrder>();
  #seen = 0;

  /** Reads the facts since the last call. @returns their number. */
  async catchUp(): Promise<number> {
    let read = 0;
    for await (const { id, state, globalPosition } of domain.factsFor(Order).readAll({ after: this.#seen })) {
      const { status, customerId } = state;
      if (status === "PLACED" || status === "PAID") {
        const articles = state.lines.reduce((sum, { quantity }) => sum + quantity, 0);
        this.#byId.set(id, { orderId: id, customerId, status, articles });
      } else this.#byId.delete(id);
      this.#seen = globalPosition;
      read++;
    }
    return read;
  }

  /** The open orders, in the order in which they were placed. */
  get list(): readonly OpenOrder[] {
    return [...this.#byId.values()];
  }
}
