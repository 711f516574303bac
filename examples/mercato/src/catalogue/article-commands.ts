import { Command, identifier } from "@tidemark/core";
import { z } from "zod";

import { domain } from "../mercato";
import { Article, group } from "./article";

@domain.command({ partOf: Article })
export class DraftArticle extends Command({ sku: identifier(), title: z.string(), group: group(), ean: z.string() }) {}

@domain.command({ partOf: Article })
export class WriteText extends Command({ sku: identifier(), text: z.string() }) {}

@domain.command({ partOf: Article })
export class ShowPicture extends Command({ sku: identifier(), url: z.string(), caption: z.string().optional() }) {}

/** Publishes an article that the shop has in its stock. */
@domain.command({ partOf: Article })
export class PublishArticle extends Command({ sku: identifier() }) {}

@domain.command({ partOf: Article })
export class WithdrawArticle extends Command({ sku: identifier() }) {}

/** Throws away an article that was never published. */
@domain.command({ partOf: Article })
export class DiscardDraft extends Command({ sku: identifier() }) {}
