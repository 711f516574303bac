import { handle } from "@tidemark/core";

import { domain } from "../mercato";
import { Refund } from "./refund";
import { RefundPayment } from "./refund-commands";

@domain.commandHandler({ partOf: Refund })
export class RefundCommandHandler {
  @handle(RefundPayment)
  async refund({ receipt, orderId, amount, reason }: RefundPayment): Promise<void> {
    await domain.repositoryFor(Refund).add(Refund.of(receipt, orderId, amount, reason));
  }
}
