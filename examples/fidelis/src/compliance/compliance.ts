import { type EventContext, handle } from "@tidemark/core";

import { DepositMade } from "../account/account-events";
import { domain } from "../fidelis";
import { OpenReview } from "./review-commands";

/** Deposits from this amount on are reviewed. */
const REVIEWED_FROM = 10_000;

/** Opens a review for each large deposit, once for each, however often the handler is called. */
@domain.eventHandler({ startFrom: "beginning" })
export class Compliance {
  @handle(DepositMade)
  async check({ accountId, amount }: DepositMade, context: EventContext): Promise<void> {
    if (amount >= REVIEWED_FROM) await context.process(new OpenReview({ accountId, amount }));
  }
}
