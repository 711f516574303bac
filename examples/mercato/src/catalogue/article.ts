import { Aggregate, hasMany, invariant, status, ValidationError } from "@tidemark/core";
import { z } from "zod";

import { domain } from "../mercato";
import { ArticlePublished, ArticleWithdrawn } from "./article-events";
import { Picture } from "./picture";

/** The groups of the catalogue. */
export const group = () => z.enum(["coffee", "table"]);

/**
 * The page of an article in the catalogue, identified by its sku. It is stored as it is now: customers see the present page, and
 * nobody asks for earlier drafts. What is in stock of it is another matter, with a history: `StockItem`.
 */
@domain.aggregate({ stored: "state" })
export class Article extends Aggregate(
  {
    title: z.string().min(1).max(80),
    text: z.string().max(2_000).default(""),
    group: group(),
    /** The number below the bars. */
    ean: z.string().regex(/^\d{13}$/),
    pictures: hasMany(Picture),
    status: status({
      initial: "DRAFT",
      transitions: { DRAFT: ["PUBLISHED"], PUBLISHED: ["WITHDRAWN"], WITHDRAWN: ["PUBLISHED"] },
    }),
  },
  { unique: ["ean"], indexes: [["group", "status", "title"]] },
) {
  static draft(sku: string, page: { title: string; group: z.output<ReturnType<typeof group>>; ean: string }): Article {
    return Object.assign(Article.createNew({ id: sku }), page);
  }

  write(text: string): void {
    this.text = text;
  }

  show(url: string, caption?: string): void {
    this.pictures.add(new Picture({ url, caption }));
  }

  publish(): void {
    this.status = "PUBLISHED";
    this.raise(new ArticlePublished({ sku: this.id, title: this.title }));
  }

  withdraw(): void {
    this.status = "WITHDRAWN";
    this.raise(new ArticleWithdrawn({ sku: this.id }));
  }

  @invariant.post
  whatIsPublishedHasAText(): void {
    if (this.status === "PUBLISHED" && this.text === "")
      throw new ValidationError({ text: ["An article needs a text before it is published"] });
  }
}
