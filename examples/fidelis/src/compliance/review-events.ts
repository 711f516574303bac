import { DomainEvent, identifier } from "@tidemark/core";
import { z } from "zod";

import { domain } from "../fidelis";

@domain.event({ partOf: "Review" })
export class ReviewOpened extends DomainEvent({
  reviewId: identifier(),
  accountId: identifier(),
  amount: z.number(),
}) {}
