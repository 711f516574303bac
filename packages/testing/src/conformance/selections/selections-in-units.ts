import { deepEqual, equal, rejects } from "node:assert/strict";

import type { AggregateOptions } from "@tidemark/core";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { productsOf } from "./product-model";
import { openProducts } from "./products-under-test";

const SEED = 20_261_201;

export function selectionsInUnits(at: StoreUnderTest, storage: AggregateOptions): void {
  const { it } = testRunner();

  it("give the unit's own instances, chosen by what is stored", async () => {
    const { domain, products, list } = await openProducts(at.adapter, storage);
    await list(productsOf(3, SEED).map((product, index) => ({ ...product, stock: index })));
    await domain.unitOfWork(async () => {
      const one = await products.get("p-00001");
      one.hold(50);
      await products.add(one);
      equal(await products.where("stock", "=", 50).count(), 0);
      const [, selected, two] = await products.where("stock", "<", 10).all();
      equal(selected, one);
      equal(selected!.stock, 50);
      equal(await products.get("p-00002"), two);
      for await (const each of products.where("id", "=", "p-00002").stream()) equal(each, two);
    });
    deepEqual(
      (await products.where("stock", ">", 0).all()).map(({ id, stock }) => [id, stock]),
      [
        ["p-00001", 50],
        ["p-00002", 2],
      ],
    );
  });

  it("give aggregates that lose to a faster writer as others do", async () => {
    const { products, list } = await openProducts(at.adapter, storage);
    await list(productsOf(1, SEED));
    const selected = (await products.first())!;
    await products.update(selected.id, (other) => other.hold(7));
    selected.hold(8);
    await rejects(products.add(selected), { code: "EXPECTED_VERSION_MISMATCH" });
    equal((await products.first())!.stock, 7);
  });

  it("let commands that race for the same aggregates each have one, or none", async () => {
    const { domain, products, list, Sell } = await openProducts(at.adapter, storage);
    const stocks = [2, 1, 3];
    await list(productsOf(3, SEED).map((product, index) => ({ ...product, kind: "TOY", stock: stocks[index]! })));
    const orders = Array.from({ length: 9 }, (_, index) => new Sell({ orderId: `o-${index}`, kind: "TOY" }));
    const outcomes = await Promise.allSettled(orders.map((order) => domain.process(order)));
    const sold = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value as string] : []));
    deepEqual(sold.sort(), ["p-00000", "p-00000", "p-00001", "p-00002", "p-00002", "p-00002"]);
    const refusals = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason.code] : []));
    deepEqual(refusals, ["VALIDATION_FAILED", "VALIDATION_FAILED", "VALIDATION_FAILED"]);
    deepEqual(
      (await products.all()).map(({ stock }) => stock),
      [0, 0, 0],
    );
  });
}
