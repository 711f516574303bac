import { deepEqual, equal, rejects } from "node:assert/strict";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { productsOf } from "./product-model";
import { openProducts, WAYS } from "./products-under-test";

const SEED = 20_261_202;

export function rowsBuiltLater(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("are not taken for all aggregates before each of these has one", async () => {
    const former = await openProducts(at.adapter, { stored: "events" });
    await former.list(productsOf(5, SEED));
    const { domain, Product, products, list } = await openProducts(
      at.adapter,
      WAYS['stored as "both", their events the truth'],
    );
    await list(productsOf(2, SEED, 5));
    await products.update("p-00000", (product) => product.hold(77));
    const refusal = {
      code: "INCORRECT_USAGE",
      details: { aggregate: "Product", streams: 7, rows: 3 },
      message:
        "Cannot select the aggregates of Product: 4 of 7 have no row yet, because they were stored before Product had rows; " +
        'run "domain aggregate verify Product --repair", which builds them from their events',
    };
    await rejects(products.where("stock", "=", 77).all(), refusal);
    await rejects(products.where("stock", "=", 77).count(), refusal);
    await rejects(products.orderBy("name").find("p-00000"), refusal);
    await domain.verifyAggregate(Product, { repair: true });
    equal((await products.all()).length, 7);
    deepEqual(
      (await products.where("stock", "=", 77).all()).map(({ id }) => id),
      ["p-00000"],
    );
  });

  it("are folded anew where events came past them, once a save was refused", async () => {
    const former = await openProducts(at.adapter, { stored: "events" });
    const { products, list } = await openProducts(at.adapter, WAYS['stored as "both", their events the truth']);
    await list(productsOf(1, SEED));
    await former.products.update("p-00000", (product) => product.hold(70));
    const stale = (await products.first())!;
    stale.hold(71);
    await rejects(products.add(stale), { code: "EXPECTED_VERSION_MISMATCH" });
    const current = (await products.first())!;
    equal(current.stock, 70);
    current.hold(72);
    await products.add(current);
    equal(await products.where("stock", "=", 72).count(), 1);
  });
}
