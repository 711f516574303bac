import { Entity, invariant, ValidationError, valueObject } from "@tidemark/core";
import { z } from "zod";

import { Money } from "../money";

/** A quantity of one article at the price of the day. Its id is the article's sku: an order has one line per article. */
export class OrderLine extends Entity({ quantity: z.number().int(), price: valueObject(Money) }) {
  @invariant.post
  quantityMustFitAParcel(): void {
    if (this.quantity < 1 || this.quantity > 99)
      throw new ValidationError({ quantity: ["Quantity must be between 1 and 99"] });
  }

  get total(): Money {
    return this.price.times(this.quantity);
  }
}
