import {
  Article,
  ArticlePublished,
  ArticleWithdrawn,
  catalogue,
  DiscardDraft,
  DraftArticle,
  domain,
  ListItem,
  PublishArticle,
  ShowPicture,
  WithdrawArticle,
  WriteText,
} from "../../src/domain";
import { euro } from "../fixtures/happened";
import { shopOfItsOwn } from "../fixtures/shop-folder";

shopOfItsOwn();

const EAN = "4006381333931";

async function draft(sku: string, title: string, ean = EAN): Promise<void> {
  await domain.process(new DraftArticle({ sku, title, group: "coffee", ean }));
}

async function publish(sku: string, title: string, ean: string): Promise<void> {
  await domain.process(new ListItem({ sku, name: title, price: euro("12.50") }));
  await draft(sku, title, ean);
  await domain.process(new WriteText({ sku, text: `All about the ${title}` }));
  await domain.process(new PublishArticle({ sku }));
}

async function stored(sku: string): Promise<Article> {
  return await domain.repositoryFor(Article).get(sku);
}

async function eventsOfArticles(): Promise<unknown[]> {
  const events: unknown[] = [];
  for await (const { event } of domain.events({ of: [Article] })) events.push(event);
  return events;
}

describe("DraftArticle", () => {
  it("stores a draft, which is no event for anybody", async () => {
    await draft("cup", "Cup");
    expect(await stored("cup")).toMatchObject({ title: "Cup", status: "DRAFT", text: "", version: 0 });
    expect(await eventsOfArticles()).toEqual([]);
  });

  it("refuses the number of another article", async () => {
    await draft("cup", "Cup");
    await expect(draft("mug", "Mug")).rejects.toMatchObject({
      code: "UNIQUE_VIOLATION",
      details: { aggregate: "Article", fields: ["ean"] },
    });
    expect(await domain.repositoryFor(Article).exists("mug")).toBe(false);
  });

  it("refuses the sku of another article", async () => {
    await draft("cup", "Cup");
    await expect(draft("cup", "Other cup", "4006381333948")).rejects.toMatchObject({
      code: "EXPECTED_VERSION_MISMATCH",
    });
    expect(await stored("cup")).toMatchObject({ title: "Cup" });
  });

  it("refuses a number that is too short", async () => {
    await expect(draft("cup", "Cup", "4006")).rejects.toMatchObject({ messages: { ean: [expect.any(String)] } });
  });
});

describe("ShowPicture", () => {
  it("adds a picture to the page", async () => {
    await draft("cup", "Cup");
    await domain.process(new ShowPicture({ sku: "cup", url: "https://mercato.example/cup.jpg", caption: "White" }));
    const [picture] = (await stored("cup")).pictures;
    expect(picture).toMatchObject({ url: "https://mercato.example/cup.jpg", caption: "White" });
  });

  it("refuses what is no address", async () => {
    await draft("cup", "Cup");
    await expect(domain.process(new ShowPicture({ sku: "cup", url: "cup.jpg" }))).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
    });
    expect([...(await stored("cup")).pictures]).toEqual([]);
  });
});

describe("PublishArticle", () => {
  it("publishes what is in stock, and says so", async () => {
    await publish("cup", "Cup", EAN);
    expect(await stored("cup")).toMatchObject({ status: "PUBLISHED" });
    expect(await eventsOfArticles()).toEqual([new ArticlePublished({ sku: "cup", title: "Cup" })]);
  });

  it("refuses an article without text", async () => {
    await domain.process(new ListItem({ sku: "cup", name: "Cup", price: euro("12.50") }));
    await draft("cup", "Cup");
    await expect(domain.process(new PublishArticle({ sku: "cup" }))).rejects.toMatchObject({
      messages: { text: ["An article needs a text before it is published"] },
    });
    expect(await stored("cup")).toMatchObject({ status: "DRAFT" });
    expect(await eventsOfArticles()).toEqual([]);
  });

  it("refuses an article that the stock does not know", async () => {
    await draft("cup", "Cup");
    await expect(domain.process(new PublishArticle({ sku: "cup" }))).rejects.toMatchObject({
      messages: { sku: ['The shop does not have "cup" in its stock'] },
    });
  });
});

describe("WithdrawArticle", () => {
  it("takes a published article out of the catalogue", async () => {
    await publish("cup", "Cup", EAN);
    await domain.process(new WithdrawArticle({ sku: "cup" }));
    expect((await catalogue("coffee")).rows).toEqual([]);
    expect((await eventsOfArticles()).at(-1)).toEqual(new ArticleWithdrawn({ sku: "cup" }));
  });

  it("refuses a draft, which has nowhere to go back from", async () => {
    await draft("cup", "Cup");
    await expect(domain.process(new WithdrawArticle({ sku: "cup" }))).rejects.toMatchObject({
      messages: { status: [expect.stringContaining("DRAFT")] },
    });
  });
});

describe("DiscardDraft", () => {
  it("deletes a draft, whose number is free again", async () => {
    await draft("cup", "Cup");
    await domain.process(new DiscardDraft({ sku: "cup" }));
    expect(await domain.repositoryFor(Article).exists("cup")).toBe(false);
    await draft("mug", "Mug");
    expect(await stored("mug")).toMatchObject({ ean: EAN });
  });

  it("refuses a published article", async () => {
    await publish("cup", "Cup", EAN);
    await expect(domain.process(new DiscardDraft({ sku: "cup" }))).rejects.toMatchObject({
      messages: { status: ["It is PUBLISHED, and no draft"] },
    });
    expect(await domain.repositoryFor(Article).exists("cup")).toBe(true);
  });
});

describe("the catalogue", () => {
  it("lists the published articles of a group by title, page by page", async () => {
    await publish("pot", "Pot", "4006381333931");
    await publish("cup", "Cup", "4006381333948");
    await publish("mug", "Mug", "4006381333955");
    await draft("jug", "Jug", "4006381333962");
    const first = await catalogue("coffee", { size: 2 });
    const second = await catalogue("coffee", { size: 2, after: first.next });
    expect([first.rows, second.rows].map((rows) => rows.map(({ title }) => title))).toEqual([["Cup", "Mug"], ["Pot"]]);
    expect(second.next).toBeUndefined();
    expect((await catalogue("table")).rows).toEqual([]);
  });
});
