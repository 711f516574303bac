import { domain, Order, OrdersOfTheFirstRelease, PayOrder } from "../../../src/domain";
import { ORDER_17, restoreOrder17 } from "../../../src/tour/order-17";
import { address, euro } from "../../fixtures/happened";
import { shopOfItsOwn } from "../../fixtures/shop-folder";

shopOfItsOwn();
beforeEach(restoreOrder17);

describe("the snapshot of an order of the first release", () => {
  it("is carried over on the first load, and gives what its events give", async () => {
    const snapshots = domain.snapshotsFor(Order);
    const migrated = await domain.repositoryFor(Order).get(ORDER_17);
    expect(await snapshots.list(ORDER_17)).toMatchObject([
      { schemaVersion: 2, version: 6, metadata: { reason: "migration" } },
      { schemaVersion: 1, version: 4 },
    ]);
    await snapshots.delete(ORDER_17);
    expect(await domain.repositoryFor(Order).get(ORDER_17)).toEqual(migrated);
  });

  it("passes the comparison with a replay of all events", async () => {
    await domain.repositoryFor(Order).get(ORDER_17);
    expect(await domain.snapshotsFor(Order).verify(ORDER_17)).toMatchObject({ outcome: "equal" });
  });

  it("serves an order that goes on today", async () => {
    await domain.process(new PayOrder({ orderId: ORDER_17, amount: euro("102.90") }));
    expect(await domain.repositoryFor(Order).get(ORDER_17)).toMatchObject({ status: "PAID", version: 7 });
  });
});

it("calls a submitted order placed, and does without an address", () => {
  const state = { customerId: "dora", status: "SUBMITTED", lines: [{ sku: "cup", quantity: 1, cents: 900 }] };
  expect(new OrdersOfTheFirstRelease().migrate(state)).toEqual({
    customerId: "dora",
    currency: "EUR",
    status: "PLACED",
    lines: [{ id: "cup", quantity: 1, price: { amount: "9", currency: "EUR" } }],
  });
});

it("takes an address apart", () => {
  const state = { customerId: "dora", status: "DRAFT", lines: [], address: "Via Roma 1, 00184 Rome, IT" };
  expect(new OrdersOfTheFirstRelease().migrate(state)).toMatchObject({ address });
});
