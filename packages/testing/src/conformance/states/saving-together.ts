import { deepEqual, equal, rejects } from "node:assert/strict";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { openShop, storedEvents } from "./shop-under-test";

export function savingTogether(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("commit aggregates of all kinds in one transaction", async () => {
    const { domain, customers, accounts, wallets, join, Visit } = await openShop(at.adapter);
    await join("c-1");
    for (const price of [5, 7]) await domain.process(new Visit({ customerId: "c-1", price }));
    const [customer, account, wallet] = [
      await customers.get("c-1"),
      await accounts.get("c-1"),
      await wallets.get("c-1"),
    ];
    deepEqual([customer.visits, account.balance, wallet.balance, wallet.amounts], [2, 12, -12, [-5, -7]]);
    deepEqual([customer.version, account.version, wallet.version], [2, 1, 1]);
  });

  it("store none of them where the state of one is refused", async () => {
    const { domain, Customer, customers, Account, accounts, join } = await openShop(at.adapter);
    await join("c-1");
    const before = await storedEvents(domain);
    const failing = domain.unitOfWork(async () => {
      const account = Account.createNew({ id: "c-2" });
      account.pay(5);
      await accounts.add(account);
      const customer = Customer.join("c-2", "c-1@example.org");
      customer.move("Rome");
      await customers.add(customer);
    });
    await rejects(failing, { code: "UNIQUE_VIOLATION" });
    deepEqual([await accounts.exists("c-2"), await customers.exists("c-2")], [false, false]);
    deepEqual(await storedEvents(domain), before);
  });

  it("store none of them where a stream has moved on", async () => {
    const { domain, customers, accounts, Account, join } = await openShop(at.adapter);
    await join("c-1");
    const taken = Account.createNew({ id: "c-1" });
    taken.pay(1);
    await accounts.add(taken);
    const failing = domain.unitOfWork(async () => {
      const customer = await customers.get("c-1");
      customer.visits = 5;
      await customers.add(customer);
      const account = Account.createNew({ id: "c-1" });
      account.pay(5);
      await accounts.add(account);
    });
    await rejects(failing, { code: "EXPECTED_VERSION_MISMATCH", stream: "conformance::account-c-1" });
    deepEqual([(await customers.get("c-1")).visits, (await accounts.get("c-1")).balance], [0, 1]);
  });

  it("repeat commands that race each other, until each has had its turn", async () => {
    const [one, other] = [await openShop(at.adapter), await openShop(at.adapter)];
    await one.join("c-1");
    const visit = ({ domain, Visit }: typeof one) =>
      domain.process(new Visit({ customerId: "c-1", price: 1 }), { retries: 50 });
    await Promise.all(Array.from({ length: 12 }, (_, n) => visit(n % 2 === 0 ? one : other)));
    const { customers, accounts, wallets } = one;
    deepEqual(
      [(await customers.get("c-1")).visits, (await accounts.get("c-1")).balance, (await wallets.get("c-1")).balance],
      [12, 12, -12],
    );
  });

  it("store the rows of inline projections of their events with them", async () => {
    const { domain, customers, Residence, join } = await openShop(at.adapter);
    await join("c-1");
    const mine = await customers.get("c-1");
    await customers.update("c-1", (customer) => customer.move("Rome"));
    mine.move("Oslo");
    await rejects(customers.add(mine), { code: "EXPECTED_VERSION_MISMATCH" });
    const { city, moves } = await domain.viewOf(Residence).get("c-1");
    deepEqual([city, moves], ["Rome", 1]);
    await customers.update("c-1", (customer) => customer.move("Bern"));
    equal((await domain.viewOf(Residence).get("c-1")).moves, 2);
  });
}
