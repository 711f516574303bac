import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemoryEventStore } from "@tidemark/core/adapter";
import { countingIds, fixedClock, given } from "@tidemark/testing";

import { bank } from "./fixtures/bank";

describe("a scenario", () => {
  it("leaves an initialised domain's store as it is, which goes on working beside it", async () => {
    const { domain, Account, AccountOpened, OpenAccount, MakeDeposit } = bank();
    await domain.init();
    const id = await domain.process<string>(new OpenAccount({ name: "Alice" }));
    const opened = new AccountOpened({ accountId: id, holder: { name: "Mallory" } });
    const [result] = await Promise.all([
      given(Account, opened).process(new MakeDeposit({ accountId: id, amount: 100 })),
      domain.process(new MakeDeposit({ accountId: id, amount: 1 })),
    ]);
    expect([result.aggregate.holderName, result.aggregate.balance]).toEqual(["Mallory", 100]);
    const stored = await domain.repositoryFor(Account).get(id);
    expect([stored.holderName, stored.balance, stored.version]).toEqual(["Alice", 1, 1]);
    await domain.close();
  });

  it("does not initialise a domain, read its file or open its store", async () => {
    const folder = mkdtempSync(join(tmpdir(), "given-"));
    writeFileSync(join(folder, "domain.toml"), '[event_store]\nprovider = "sqlite"\npath = "${UNSET_BY_ANYBODY}"\n');
    const { domain, Account, OpenAccount } = bank({ root: folder });
    const result = await given(Account).process(new OpenAccount({ name: "Alice" }));
    expect(result.accepted).toBe(true);
    expect(readdirSync(folder)).toEqual(["domain.toml"]);
    expect(() => domain.repositoryFor(Account)).toThrow('Domain "bank" is not running: await domain.init() first');
    rmSync(folder, { recursive: true });
  });

  it("does not touch a store that was handed to the domain", async () => {
    const eventStore = new MemoryEventStore();
    const { Account, OpenAccount } = bank({ eventStore });
    await given(Account).process(new OpenAccount({ name: "Alice" }));
    expect(eventStore.log.readAll({ after: 0, limit: 1 }).messages).toEqual([]);
  });

  it("joins no unit of work that it is awaited in", async () => {
    const { domain, Account, OpenAccount } = bank();
    await domain.init();
    await domain.unitOfWork(async () => {
      const result = await given(Account).process(new OpenAccount({ name: "Alice" }));
      expect(result.aggregate.version).toBe(0);
    });
    expect(await domain.repositoryFor(Account).count()).toBe(0);
    await domain.close();
  });

  it("is not seen by those that run at the same time", async () => {
    const { Account, AccountOpened, DepositMade, MakeDeposit } = bank();
    const opened = new AccountOpened({ accountId: "a-1", holder: { name: "Alice" } });
    const amounts = Array.from({ length: 50 }, (_, index) => index + 1);
    const results = await Promise.all(
      amounts.map((amount) => given(Account, opened).process(new MakeDeposit({ accountId: "a-1", amount }))),
    );
    expect(results.map(({ aggregate }) => aggregate.balance)).toEqual(amounts);
    expect(results.map(({ events }) => events)).toEqual(
      amounts.map((amount) => [new DepositMade({ accountId: "a-1", amount })]),
    );
  });

  it("runs with the domain's clock and ids, of which given events take none", async () => {
    const clock = fixedClock(new Date("2026-02-20T12:00:00Z"));
    const { Account, AccountOpened, OpenAccount, MakeDeposit } = bank({ clock, ids: countingIds("id-") });
    const opening = await given(Account).process(new OpenAccount({ name: "Alice" }));
    expect(opening.returned).toBe("id-2");
    const opened = new AccountOpened({ accountId: "a-1", holder: { name: "Bob" } });
    await given(Account, opened).process(new MakeDeposit({ accountId: "a-1", amount: 1 }));
    expect((await given(Account).process(new OpenAccount({ name: "Carol" }))).returned).toBe("id-7");
  });
});
