import { Aggregate, apply } from "@tidemark/core";
import { z } from "zod";

import { domain } from "./bank";
import { TransferEnded, TransferRequested } from "./transfer-events";

@domain.aggregate({ eventSourced: true })
export class Transfer extends Aggregate({ hasEnded: z.boolean().default(false) }) {
  static request(transferId: string, from: string, to: string, amount: number): Transfer {
    const transfer = Transfer.createNew({ id: transferId });
    transfer.raise(new TransferRequested({ transferId, from, to, amount }));
    return transfer;
  }

  /** Raises the event even a second time: the count of the example looks for transfers that have ended twice. */
  end(obstacle?: string): void {
    this.raise(new TransferEnded({ transferId: this.id, obstacle }));
  }

  @apply(TransferRequested)
  onRequested(_event: TransferRequested): void {
    this.hasEnded = false;
  }

  @apply(TransferEnded)
  onEnded(_event: TransferEnded): void {
    this.hasEnded = true;
  }
}
