import { DomainEvent, identifier } from "@tidemark/core";
import { z } from "zod";

import { domain } from "../mercato";

@domain.event({ partOf: "Article" })
export class ArticlePublished extends DomainEvent({ sku: identifier(), title: z.string() }) {}

@domain.event({ partOf: "Article" })
export class ArticleWithdrawn extends DomainEvent({ sku: identifier() }) {}
