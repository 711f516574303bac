import { Aggregate, apply, identifier } from "@tidemark/core";
import { z } from "zod";

import { domain } from "../fidelis";
import { ReviewOpened } from "./review-events";

/** A large deposit that somebody has to look at. */
@domain.aggregate({ eventSourced: true })
export class Review extends Aggregate({ accountId: identifier(), amount: z.number() }) {
  static open(accountId: string, amount: number): Review {
    const review = Review.createNew();
    review.raise(new ReviewOpened({ reviewId: review.id, accountId, amount }));
    return review;
  }

  @apply(ReviewOpened)
  onOpened(event: ReviewOpened): void {
    this.accountId = event.accountId;
    this.amount = event.amount;
  }
}
