import { handle } from "@tidemark/core";

import { domain } from "./bank";
import { Transfer } from "./transfer";
import { EndTransfer, RequestTransfer } from "./transfer-commands";

@domain.commandHandler({ partOf: Transfer })
export class TransferCommandHandler {
  @handle(RequestTransfer)
  async request({ transferId, from, to, amount }: RequestTransfer): Promise<void> {
    await domain.repositoryFor(Transfer).add(Transfer.request(transferId, from, to, amount));
  }

  @handle(EndTransfer)
  async end({ transferId, obstacle }: EndTransfer): Promise<void> {
    await domain.repositoryFor(Transfer).update(transferId, (transfer) => transfer.end(obstacle));
  }
}
