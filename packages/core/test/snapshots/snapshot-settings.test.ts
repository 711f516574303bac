import type { ConfigInput } from "../../src/index";
import { bank } from "../fixtures/bank";

/** The versions at which an account of these saves got its snapshots: a deposit, a withdrawal, two deposits. */
async function snapshotsWith(snapshots: ConfigInput["snapshots"]): Promise<(number | undefined)[]> {
  const { domain, Account } = bank({ config: { snapshots } });
  await domain.init();
  const accounts = domain.repositoryFor(Account);
  const account = Account.open("ACC-1", "Alice", 100, "1");
  const saves = [
    () => account.deposit(1),
    () => account.withdraw(1),
    () => {
      account.deposit(1);
      account.deposit(1);
    },
  ];
  const versions: (number | undefined)[] = [];
  for (const change of saves) {
    change();
    await accounts.add(account);
    versions.push((await domain.snapshotsFor(Account).get("1"))?.version);
  }
  await domain.close();
  return versions;
}

describe("the snapshot settings of domain.toml", () => {
  it("snapshot after events by their names, for the domain and for one aggregate", async () => {
    expect(await snapshotsWith({ after_events: ["WithdrawalMade"] })).toEqual([undefined, 2, 2]);
    const Account = { after_events: ["AccountOpened"] };
    expect(await snapshotsWith({ every: 2, aggregates: { Account } })).toEqual([1, 1, 1]);
  });

  it("join rules by any, and by all", async () => {
    const rules = { after_events: ["DepositMade"], every: 4 };
    expect(await snapshotsWith(rules)).toEqual([1, 1, 4]);
    expect(await snapshotsWith({ ...rules, match: "all" })).toEqual([undefined, undefined, 4]);
  });

  it("hold back the first snapshot until min_events", async () => {
    expect(await snapshotsWith({ every: 1, min_events: 3 })).toEqual([undefined, 2, 4]);
  });

  it("are at fault when they name an event that nobody registered", async () => {
    const { domain } = bank({ config: { snapshots: { after_events: ["WithdrawalMad"] } } });
    await expect(domain.init()).rejects.toMatchObject({
      code: "INVALID_CONFIGURATION",
      faults: [
        'config.snapshots.after_events[0]: names "WithdrawalMad", which is not an event of this domain; did you mean "WithdrawalMade"?',
      ],
    });
  });
});
