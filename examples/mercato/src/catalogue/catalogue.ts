import type { Page } from "@tidemark/core";
import { domain } from "../mercato";
import { Article } from "./article";

/** What customers see of the catalogue: published articles of a group by their titles, a page at a time. */
export async function catalogue(
  group: Article["group"],
  { size = 20, after }: { readonly size?: number; readonly after?: string | undefined } = {},
): Promise<Page<Article>> {
  const articles = domain.repositoryFor(Article).where("group", "=", group).where("status", "=", "PUBLISHED");
  return await articles.orderBy("title").page({ size, after });
}
