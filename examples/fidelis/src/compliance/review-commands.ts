import { Command, identifier } from "@tidemark/core";
import { z } from "zod";

import { domain } from "../fidelis";
import { Review } from "./review";

@domain.command({ partOf: Review })
export class OpenReview extends Command({ accountId: identifier(), amount: z.number() }, { returns: identifier() }) {}
