import assert from "node:assert/strict";
import { test } from "node:test";

import { given } from "@tidemark/testing";

import { Account, AccountOpened, DepositMade, MakeDeposit } from "../src/index";

const opened = new AccountOpened({ accountId: "acc-1", holderName: "Alice" });

test("a deposit adds to the balance", async () => {
  const paid = new DepositMade({ accountId: "acc-1", amount: 50 });
  const result = await given(Account, opened, paid).process(new MakeDeposit({ accountId: "acc-1", amount: 100 }));

  assert.deepStrictEqual(result.events, [new DepositMade({ accountId: "acc-1", amount: 100 })]);
  assert.equal(result.aggregate.balance, 150);
});

test("a deposit of nothing is refused", async () => {
  const result = await given(Account, opened).process(new MakeDeposit({ accountId: "acc-1", amount: 0 }));

  assert.deepStrictEqual(result.rejectionMessages, ["Deposit amount must be positive"]);
  assert.deepStrictEqual(result.events, []);
});
