import { handle } from "@tidemark/core";

import { domain } from "../fidelis";
import { Review } from "./review";
import { OpenReview } from "./review-commands";

@domain.commandHandler({ partOf: Review })
export class ReviewCommandHandler {
  /** @returns the new review's id. */
  @handle(OpenReview)
  async open({ accountId, amount }: OpenReview): Promise<string> {
    const review = Review.open(accountId, amount);
    await domain.repositoryFor(Review).add(review);
    return review.id;
  }
}
