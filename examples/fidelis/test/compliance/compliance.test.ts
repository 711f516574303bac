import { domain, MakeDeposit, OpenAccount, Review } from "../../src/domain";
import { bankOfItsOwn } from "../fixtures/bank-folder";

bankOfItsOwn();

async function depositOf(amount: number): Promise<string> {
  const accountId = await domain.process(
    new OpenAccount({ accountNumber: "ACC-1", holderName: "Alice", openingDeposit: 0 }),
  );
  await domain.process(new MakeDeposit({ accountId, amount }), { correlationId: "counter-7" });
  return accountId;
}

async function reviews() {
  const found = [];
  for await (const { event, metadata } of domain.events({ of: [Review] })) found.push({ event, metadata });
  return found;
}

describe("compliance", () => {
  it("opens a review for a deposit of 10,000, which is caused by the deposit", async () => {
    const accountId = await depositOf(10_000);
    await domain.catchUp();
    const [review, ...others] = await reviews();
    expect(others).toEqual([]);
    expect(review).toMatchObject({
      event: { accountId, amount: 10_000 },
      metadata: { correlationId: "counter-7", cause: { type: "Fidelis.DepositMade.v1", handler: "Compliance" } },
    });
  });

  it("opens one review, also when it is run again by another start of the bank", async () => {
    await depositOf(10_000);
    await domain.catchUp();
    await domain.close();
    await domain.init();
    await domain.catchUp();
    expect(await reviews()).toHaveLength(1);
  });

  it("opens none for a smaller deposit", async () => {
    await depositOf(9_999.99);
    await domain.catchUp();
    expect(await reviews()).toEqual([]);
  });
});
