import { type Printer, table } from "@tidemark/example-tour";
import {
  Article,
  ArticlePublished,
  catalogue,
  DraftArticle,
  domain,
  PublishArticle,
  ShowPicture,
  WriteText,
} from "../domain";

const PAGES = [
  { sku: "moka-pot", title: "Moka pot", group: "coffee", ean: "4006381333931", text: "Three cups, on any stove." },
  { sku: "espresso-cup", title: "Espresso cup", group: "coffee", ean: "4006381333948", text: "Thick, as in Naples." },
  { sku: "sugar-bowl", title: "Sugar bowl", group: "table", ean: "4006381333955", text: "" },
] as const;

/** Fills the catalogue: its pages are stored as they are now, beside the stock, which has a history. */
export async function cataloguePages({ heading, line }: Printer): Promise<void> {
  heading("The catalogue");
  const refusals: string[] = [];
  for (const { sku, title, group, ean, text } of PAGES) {
    await domain.process(new DraftArticle({ sku, title, group, ean }));
    await domain.process(new WriteText({ sku, text }));
    await domain.process(new ShowPicture({ sku, url: `https://mercato.example/${sku}.jpg` }));
    await domain
      .process(new PublishArticle({ sku }))
      .catch(({ message }: Error) => refusals.push(`${title}: ${message}`));
  }
  const { rows } = await catalogue("coffee");
  const columns = [
    ["article", "left"],
    ["text", "left"],
    ["saves", "right"],
  ] as const;
  for (const text of table(
    columns,
    rows.map(({ title, text, version }) => [title, text, String(version + 1)]),
  ))
    line(`  ${text}`);
  line();
  for (const refusal of refusals) line(`  ${refusal}`);
  let published = 0;
  for await (const _ of domain.events({ of: [Article], types: [ArticlePublished] })) published++;
  line(`  Events: ${published}, one for each article that was published. Drafts raise none.`);
  line();
}
