import { AssertionError } from "node:assert";

import { Domain } from "@tidemark/core";
import { fixedClock, given } from "@tidemark/testing";

import { dashboard, Mail } from "./fixtures/dashboard";

const clock = fixedClock(new Date("2026-02-20T12:00:00Z"));
const { Account, AccountErased, InterestPaid, MakeDeposit, ...others } = dashboard({ clock });
const { Summary, Balances, Counts, AccountStates, opened, deposited } = others;

describe("projected", () => {
  it("gives the row that events make, frozen, of the projection's class", async () => {
    const row = await given(opened("acc-1"), deposited("acc-1", 2), deposited("acc-1", 3)).projected(Summary, "acc-1");
    expect(row).toBeInstanceOf(Summary);
    expect(Object.isFrozen(row)).toBe(true);
    expect({ ...row }).toEqual({
      accountId: "acc-1",
      holder: "Alice",
      balance: 5,
      deposits: [{ amount: 2 }, { amount: 3 }],
      changedAt: clock.now(),
    });
  });

  it("gives undefined where there is no row, or none any more", async () => {
    const past = given(opened("acc-1"));
    expect(await past.projected(Summary, "acc-2")).toBeUndefined();
    expect(await past.after(new AccountErased({ accountId: "acc-1" })).projected(Summary, "acc-1")).toBeUndefined();
    expect((await past.projected(Summary, "acc-1"))?.holder).toBe("Alice");
  });

  it("folds events of several aggregates into the rows of each, and by the keys of each projection", async () => {
    const past = given(opened("acc-1"), opened("acc-2"), opened("acc-3", "Bob"), deposited("acc-2", 7));
    await past.projected(Summary, "acc-1").is({ balance: 0 });
    await past.projected(Summary, "acc-2").is({ balance: 7 });
    await past.projected(Counts, "Alice").is({ accounts: 2 });
    await past.projected(Counts, "Bob").is({ accounts: 1 });
  });

  it("gives the rows of projections of both modes", async () => {
    const past = given(opened("acc-1"), deposited("acc-1", 5));
    await past.projected(Summary, "acc-1").is({ balance: 5 });
    await past.projected(Balances, "acc-1").is({ balance: 5 });
  });

  it("gives the rows that keep the states of aggregates", async () => {
    const row = await given(opened("acc-1"), deposited("acc-1", 5)).projected(AccountStates, "acc-1");
    expect({ ...row }).toEqual({ id: "acc-1", version: 1, balance: 5 });
  });

  it("takes the aggregate of events that do not say it from withId", async () => {
    const past = given(opened("acc-1"), new InterestPaid({ amount: 3 }));
    await expect(past.projected(Summary, "acc-1")).rejects.toThrow(
      "Cannot tell which aggregate the given InterestPaid happened to: declare its id as identifier(), or say it with .withId(…)",
    );
    await past.withId("acc-1").projected(Summary, "acc-1").is({ balance: 3 });
  });

  it("comes after the commands of a chain, those that were refused left out", async () => {
    const chain = given(Account, opened("acc-1"))
      .process(new MakeDeposit({ accountId: "acc-1", amount: 5 }))
      .process(new MakeDeposit({ accountId: "acc-1", amount: -1 }));
    await chain.projected(Summary).is({ balance: 5 });
    await chain.projected(Balances, "acc-1").is({ balance: 5 });
    expect((await chain).rejectionMessages).toEqual(["Deposit amount must be positive"]);
    await chain.after(deposited("acc-1", 1)).projected(Summary).is({ balance: 6 });
  });

  it("runs a chain once, however many rows of it are looked at", async () => {
    let made = 0;
    const counted = dashboard({ ids: { next: () => `id-${made++}` } });
    const chain = given(counted.Account, counted.opened("acc-1")).process(
      new counted.MakeDeposit({ accountId: "acc-1", amount: 5 }),
    );
    await Promise.all([chain.projected(counted.Summary), chain.projected(counted.Summary), chain]);
    const once = made;
    await chain.projected(counted.AccountStates);
    expect(made).toBe(once);
  });

  it("names the fields that are not as expected, with both values", async () => {
    const row = given(opened("acc-1"), deposited("acc-1", 2), deposited("acc-1", 3)).projected(Summary, "acc-1");
    const error = await row.is({ balance: 6, holder: "Alice", deposits: [{ amount: 2 }, { amount: 4 }] }).catch(caught);
    expect(error).toBeInstanceOf(AssertionError);
    expect(error).toMatchObject({
      message:
        'Row "acc-1" of Summary is another one than expected:\n' +
        "  balance: expected 6, found 5\n  deposits[1].amount: expected 4, found 3",
      actual: { balance: 5, holder: "Alice", deposits: [{ amount: 2 }, { amount: 3 }] },
      expected: { balance: 6, holder: "Alice", deposits: [{ amount: 2 }, { amount: 4 }] },
    });
  });

  it("says that there is no row where one was expected, and the other way around", async () => {
    const past = given(opened("acc-1"));
    await expect(past.projected(Balances, "acc-2").is({ balance: 6 })).rejects.toMatchObject({
      message: 'There is no row "acc-2" of Balances; expected one with { balance: 6 }',
      actual: undefined,
      expected: { balance: 6 },
    });
    await past.projected(Balances, "acc-2").isMissing();
    await expect(past.projected(Balances, "acc-1").isMissing()).rejects.toMatchObject({
      message: `There is a row "acc-1" of Balances, and none was expected: { accountId: 'acc-1', balance: 0 }`,
      expected: undefined,
    });
  });

  it("fails where a method of the projection does, and names it", async () => {
    await expect(given(deposited("acc-1", 5)).projected(Summary, "acc-1")).rejects.toMatchObject({
      code: "SUBSCRIPTION_STOPPED",
      message: expect.stringMatching(/Summary\.deposited failed on event "Bank\.DepositMade\.v1" at global position 1/),
    });
    await expect(given(opened("acc-1"), deposited("acc-1", 1_001)).projected(Balances, "acc-1")).rejects.toMatchObject({
      code: "SUBSCRIPTION_STOPPED",
      cause: new RangeError("too much"),
    });
  });

  it("leaves history that is too short for one projection to whoever looks at that projection", async () => {
    const chain = given(deposited("acc-1", 5), new InterestPaid({ amount: 1 })).withId("acc-1");
    await chain.projected(AccountStates, "acc-1").is({ balance: 6 });
    await expect(chain.projected(Balances, "acc-1")).rejects.toMatchObject({ code: "SUBSCRIPTION_STOPPED" });
  });

  it("refuses a command that an inline projection refuses", async () => {
    const large = given(Account, opened("acc-1")).process(new MakeDeposit({ accountId: "acc-1", amount: 1_001 }));
    await expect(large).rejects.toThrow(new RangeError("too much"));
  });

  it("calls no event handler, and leaves the store of an initialised domain alone", async () => {
    const mail = new Mail();
    const running = dashboard({ resolver: (type) => new type(mail) as object });
    await running.domain.init();
    await given(running.opened("acc-1")).projected(running.Summary, "acc-1").is({ balance: 0, deposits: [] });
    expect(mail.sent).toEqual([]);
    expect(await running.domain.viewOf(running.Summary).count()).toBe(0);
    await running.domain.close();
  });

  it("takes the domain first where several have registered a projection", async () => {
    const one = dashboard();
    new Domain("another").register(one.Summary as never);
    await expect(async () => given(one.opened("acc-1")).projected(one.Summary, "acc-1")).rejects.toThrow(
      "Cannot tell the domain of Summary: several domains have registered it",
    );
    await given(one.domain, one.opened("acc-1")).projected(one.Summary, "acc-1").is({ holder: "Alice" });
  });
});

function caught(error: unknown): unknown {
  return error;
}
