import { deepEqual, equal, rejects } from "node:assert/strict";

import type { AggregateOptions } from "@tidemark/core";
import fc from "fast-check";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { ASKED, type Asked, answerOf, type PlainProduct, productsOf } from "./product-model";
import { openProducts, type SelectedProducts, type StoredProduct } from "./products-under-test";

const SEED = 20_261_130;
const QUESTIONS = 60;

export function selecting(at: StoreUnderTest, storage: AggregateOptions): void {
  const { it } = testRunner();

  it(`answer ${QUESTIONS} random questions about 1,000 aggregates as a filter in memory does`, async () => {
    const { products, list } = await openProducts(at.adapter, storage);
    const plain = productsOf(1_000, SEED);
    await list(plain);
    deepEqual((await products.all()).map(plainly), plain.map(plainly));
    for (const asked of fc.sample(ASKED, { numRuns: QUESTIONS, seed: SEED })) {
      const about = JSON.stringify(asked, (_, value) => (typeof value === "bigint" ? `${value}` : value));
      const selected = selectedBy(products.limit(2_000), asked);
      const expected = answerOf(plain, asked);
      deepEqual(ids(await selected.all()), expected, about);
      equal(await selected.count(), expected.length, about);
      equal((await selected.first())?.id, expected[0], about);
      deepEqual(ids(await selected.limit(7).all()), expected.slice(0, 7), about);
    }
  });

  it("give each aggregate once, in order, page by page and as a stream", async () => {
    const { products, list } = await openProducts(at.adapter, storage);
    const plain = productsOf(1_000, SEED + 1);
    await list(plain);
    const orderBy = [["stock", "desc"] as const];
    const selected = products.where("isNew", "=", true).orderBy("stock", "desc");
    const expected = answerOf(plain, { where: [{ field: "isNew", operator: "=", value: true }], orderBy });
    const paged: string[] = [];
    for (let after: string | undefined; ; ) {
      const { rows, next } = await selected.page({ size: 37, after });
      paged.push(...ids(rows));
      if (next === undefined) break;
      after = next;
    }
    deepEqual(paged, expected);
    const streamed: string[] = [];
    for await (const { id } of products.orderBy("stock", "desc").stream()) streamed.push(id);
    deepEqual(streamed, answerOf(plain, { where: [], orderBy }));
  });

  it("go on behind the last page, whatever was written meanwhile", async () => {
    const { products, list, Product } = await openProducts(at.adapter, storage);
    const numbered = (stock: number, id: string): PlainProduct => ({ ...productsOf(1, SEED)[0]!, id, stock });
    const stocks = Array.from({ length: 60 }, (_, index) => numbered(10 * index, `p-${index}`));
    await list(stocks);
    const byStock = products.orderBy("stock");
    const seen: string[] = [];
    for (let after: string | undefined, page = 0; ; page++) {
      const { rows, next } = await byStock.page({ size: 10, after });
      seen.push(...ids(rows));
      if (next === undefined) break;
      after = next;
      const last = rows.at(-1)!;
      // One before the place and one behind it; and the last one of the page, which is the place, moves to the front.
      await products.add(Product.list(numbered(last.stock - 5, `before-${page}`)));
      await products.add(Product.list(numbered(last.stock + 5, `behind-${page}`)));
      await products.update(last.id, (product) => product.hold(-1));
    }
    deepEqual(
      seen.filter((id) => id.startsWith("p-")),
      ids(stocks),
    );
    deepEqual(seen.filter((id) => !id.startsWith("p-")).length > 0, true);
    deepEqual(
      seen.filter((id) => id.startsWith("before-")),
      [],
    );
    equal(new Set(seen).size, seen.length);
  });

  it("see no aggregate that was refused, and none that was deleted", async () => {
    const { domain, products, list } = await openProducts(at.adapter, storage);
    const plain = productsOf(4, SEED);
    await list(plain);
    const refused = domain.unitOfWork(async () => {
      for (const product of await products.all()) {
        product.hold(99);
        await products.add(product);
      }
      throw new Error("refused");
    });
    await rejects(refused, /refused/);
    equal(await products.where("stock", "=", 99).count(), 0);
    const isDeletable = storage.truth !== "events";
    if (isDeletable) await products.delete("p-00001");
    const left = plain.filter(({ id }) => !isDeletable || id !== "p-00001");
    deepEqual(ids(await products.all()), ids(left));
  });
}

const ids = (products: readonly { readonly id: string }[]) => products.map(({ id }) => id);

function selectedBy(all: SelectedProducts, { where, orderBy }: Asked): SelectedProducts {
  let selected: any = all;
  for (const { field, operator, value } of where) selected = selected.where(field, operator, value);
  for (const [field, direction] of orderBy) selected = selected.orderBy(field, direction);
  return selected as SelectedProducts;
}

function plainly(product: PlainProduct | StoredProduct): PlainProduct {
  const { id, name, kind, stock, weight, price, since, sold, isNew, tags, size } = product;
  return { id, name, kind, stock, weight, price, since, sold, isNew, tags, size: size && { ...size } };
}
