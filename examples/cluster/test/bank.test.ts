process.env.DOMAIN_ENV = "test";

import { count } from "../src/count/count";
import { Ledger } from "../src/count/ledger";
import { Account, Balance, domain, MakeDeposit, OpenAccount, RequestTransfer } from "../src/domain";

beforeAll(async () => {
  await domain.init();
});
afterAll(async () => {
  await domain.close();
});

it("comes to an account, a row and a ledger that agree, also where a transfer is refused or given back", async () => {
  for (const accountId of ["a", "b"]) await domain.process(new OpenAccount({ accountId, openingDeposit: 100 }));
  await domain.process(new MakeDeposit({ accountId: "a", amount: 5, reference: "w0-1" }));
  const transfer = { from: "a", to: "b", amount: 30 };
  await domain.process(new RequestTransfer({ ...transfer, transferId: "w0-2" }));
  await domain.process(new RequestTransfer({ ...transfer, transferId: "w0-3", amount: 3_000 }));
  await domain.process(new RequestTransfer({ ...transfer, transferId: "w0-4", to: "nobody" }));
  await domain.catchUp();

  expect((await domain.repositoryFor(Account).get("a")).balance).toBe(75);
  expect((await domain.repositoryFor(Account).get("b")).balance).toBe(130);
  const ledger = new Ledger();
  for await (const event of domain.eventStore.readAll()) ledger.hear(event);
  const rows = await domain.viewOf(Balance).all();
  expect(rows.map(({ accountId, balance, movements }) => [accountId, balance, movements])).toEqual([
    ["a", 75, 4],
    ["b", 130, 1],
  ]);
  const acknowledged = ["w0-1", "w0-2", "w0-3", "w0-4"];
  expect(count({ ledger, acknowledged, seen: ledger.followed, rows })).toEqual({
    acknowledged: 4,
    stored: 4,
    lost: [],
    twice: [],
    gaps: [],
    behind: [],
    unfinished: [],
    transfers: 3,
  });
});
