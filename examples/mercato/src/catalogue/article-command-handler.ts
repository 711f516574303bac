import { handle, ValidationError } from "@tidemark/core";

import { domain } from "../mercato";
import { StockItem } from "../stock/stock-item";
import { Article } from "./article";
import {
  DiscardDraft,
  DraftArticle,
  PublishArticle,
  ShowPicture,
  WithdrawArticle,
  WriteText,
} from "./article-commands";

@domain.commandHandler({ partOf: Article })
export class ArticleCommandHandler {
  @handle(DraftArticle)
  async draft({ sku, title, group, ean }: DraftArticle): Promise<void> {
    await domain.repositoryFor(Article).add(Article.draft(sku, { title, group, ean }));
  }

  @handle(WriteText)
  async write({ sku, text }: WriteText): Promise<void> {
    await domain.repositoryFor(Article).update(sku, (article) => article.write(text));
  }

  @handle(ShowPicture)
  async show({ sku, url, caption }: ShowPicture): Promise<void> {
    await domain.repositoryFor(Article).update(sku, (article) => article.show(url, caption));
  }

  @handle(PublishArticle)
  async publish({ sku }: PublishArticle): Promise<void> {
    if (!(await domain.repositoryFor(StockItem).exists(sku)))
      throw new ValidationError({ sku: [`The shop does not have "${sku}" in its stock`] });
    await domain.repositoryFor(Article).update(sku, (article) => article.publish());
  }

  @handle(WithdrawArticle)
  async withdraw({ sku }: WithdrawArticle): Promise<void> {
    await domain.repositoryFor(Article).update(sku, (article) => article.withdraw());
  }

  @handle(DiscardDraft)
  async discard({ sku }: DiscardDraft): Promise<void> {
    const articles = domain.repositoryFor(Article);
    const { status } = await articles.get(sku);
    if (status !== "DRAFT") throw new ValidationError({ status: [`It is ${status}, and no draft`] });
    await articles.delete(sku);
  }
}
