import { Aggregate, apply, identifier, valueObject } from "@tidemark/core";

import { domain } from "../mercato";
import { Money } from "../money";
import { PaymentRefunded } from "./refund-events";

/** Money that goes back to the customer. Its id is the number of the receipt: no payment is refunded twice. */
@domain.aggregate({ eventSourced: true })
export class Refund extends Aggregate({ orderId: identifier(), amount: valueObject(Money) }) {
  static of(receipt: string, orderId: string, amount: Money, reason: string): Refund {
    const refund = Refund.createNew({ id: receipt });
    refund.raise(new PaymentRefunded({ receipt, orderId, amount, reason }));
    return refund;
  }

  @apply(PaymentRefunded)
  onRefunded(event: PaymentRefunded): void {
    this.orderId = event.orderId;
    this.amount = event.amount;
  }
}
