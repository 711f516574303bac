import { deepEqual, equal, ok } from "node:assert/strict";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { type Bank, type BankOptions, type Migration, openBank, stateOf } from "./bank-under-test";
import { openAccount, snapshotVersions } from "./history";

export function migrations(at: StoreUnderTest): void {
  const { it } = testRunner();

  const addBranch = (from: number, branch: string): Migration => ({
    from,
    to: from + 1,
    migrate: (state) => Object.assign(state, { branch }),
  });
  const toMain: BankOptions = { withBranch: true, schemaVersion: 2, migrations: [addBranch(1, "main")] };

  /** An account of 6 events with a snapshot of schema 1 at version 5. */
  async function oldSnapshot(options: BankOptions = {}): Promise<Bank> {
    const bank = await openBank(at.adapter, options);
    await openAccount(bank, "1", 6);
    await bank.domain.createSnapshot(bank.Account, "1");
    return bank;
  }

  const kept = async ({ domain, Account }: Bank) => {
    const snapshots = await domain.snapshotsFor(Account).list("1");
    return snapshots.map(({ schemaVersion, version, metadata }) => [schemaVersion, version, metadata.reason]);
  };

  it("carry an older snapshot over, and the state is that of a full replay", async () => {
    await oldSnapshot();
    const bank = await openBank(at.adapter, toMain);
    const loaded = stateOf(await bank.accounts.get("1"));
    equal((loaded as { branch?: string }).branch, "main");
    await bank.domain.snapshotsFor(bank.Account).delete("1");
    deepEqual(loaded, stateOf(await bank.accounts.get("1")));
    deepEqual(bank.warnings, []);
  });

  it("are written back beside the old one, which the older application keeps using", async () => {
    const old = await oldSnapshot();
    const bank = await openBank(at.adapter, toMain);
    await bank.accounts.get("1");
    deepEqual(await kept(bank), [
      [2, 5, "migration"],
      [1, 5, "manual"],
    ]);
    let folded = 0;
    const load: typeof at.adapter.load = async (request) => {
      const loaded = await at.adapter.load(request);
      folded += loaded.page.events.length / 2;
      return loaded;
    };
    for (const options of [{}, toMain]) {
      const again = await openBank(at.adapter, { ...options, store: { load } });
      equal((await again.accounts.get("1")).balance, 15);
    }
    deepEqual([folded, old.warnings, bank.warnings], [0, [], []]);
  });

  it("take the events after the old snapshot with them", async () => {
    const old = await oldSnapshot();
    await old.accounts.update("1", (account) => account.deposit(100));
    const bank = await openBank(at.adapter, toMain);
    const account = await bank.accounts.get("1");
    deepEqual([account.version, account.balance], [6, 115]);
    deepEqual((await kept(bank))[0], [2, 6, "migration"]);
  });

  it("form chains over several versions, of which each begins where its snapshot is", async () => {
    const steps: number[] = [];
    const step = (from: number): Migration => ({
      from,
      to: from + 1,
      migrate: (state) => {
        steps.push(from);
        return state;
      },
    });
    await oldSnapshot();
    const third = await openBank(at.adapter, { schemaVersion: 3, migrations: [step(1), step(2)] });
    equal((await third.accounts.get("1")).balance, 15);
    deepEqual(steps.splice(0), [1, 2]);
    const fourth = await openBank(at.adapter, { schemaVersion: 4, migrations: [step(1), step(2), step(3)] });
    equal((await fourth.accounts.get("1")).balance, 15);
    deepEqual(steps, [3]);
  });

  it("work on the stored state: dates and bigints are texts, and the result is JSON too", async () => {
    const seen: unknown[] = [];
    const migrate: Migration["migrate"] = (state) => {
      seen.push([state.openedOn, state.coins, state.notes.when]);
      return { ...state, openedOn: "2020-01-01T00:00:00.000Z", coins: "7" };
    };
    await oldSnapshot();
    const bank = await openBank(at.adapter, { schemaVersion: 2, migrations: [{ from: 1, to: 2, migrate }] });
    const account = await bank.accounts.get("1");
    deepEqual(seen, [["2026-02-20T12:00:00.123Z", "0", { $date: "2026-02-20T12:00:00.123Z" }]]);
    deepEqual([account.openedOn, account.coins], [new Date("2020-01-01"), 7n]);
    deepEqual(bank.warnings, []);
  });

  it("leave a new field at its default when they do not mention it", async () => {
    await oldSnapshot();
    const migrate: Migration["migrate"] = (state) => state;
    const options = { withBranch: true, schemaVersion: 2, migrations: [{ from: 1, to: 2, migrate }] };
    const bank = await openBank(at.adapter, options);
    equal((stateOf(await bank.accounts.get("1")) as { branch?: string }).branch, "main");
    deepEqual((await bank.domain.snapshotsFor(bank.Account).verify("1")).outcome, "equal");
    deepEqual(bank.warnings, []);
  });

  const failing: Readonly<Record<string, Migration["migrate"]>> = {
    throws: () => {
      throw new Error("a bug");
    },
    "returns a state that does not fit": (state) => ({ ...state, balance: "much" }),
    "returns a field too many": (state) => ({ ...state, nickname: "Al" }),
    "returns a value that cannot be stored": (state) => ({ ...state, holder: new Map() }),
    "returns a bad bigint": (state) => ({ ...state, coins: "seven" }),
    "returns nothing": () => undefined as never,
    "returns a promise": (state) => Promise.resolve(state) as never,
  };

  for (const [what, migrate] of Object.entries(failing)) {
    it(`give way to a full replay with one warning when one ${what}`, async () => {
      await oldSnapshot();
      const bank = await openBank(at.adapter, {
        schemaVersion: 2,
        migrations: [{ from: 1, to: 2, migrate }],
        config: { snapshot_threshold: 100 },
      });
      deepEqual((await bank.accounts.get("1")).balance, 15);
      deepEqual(
        bank.warnings.map(({ reason }) => reason),
        ["migration"],
      );
      deepEqual(await kept(bank), [
        [2, 5, "threshold"],
        [1, 5, "manual"],
      ]);
      equal((await bank.accounts.get("1")).balance, 15);
      equal(bank.warnings.length, 1);
    });
  }

  it("write nothing back in manual mode, nor from the load of an earlier state", async () => {
    await oldSnapshot();
    const manual = await openBank(at.adapter, { ...toMain, config: { snapshots: { mode: "manual" } } });
    equal((await manual.accounts.get("1")).balance, 15);
    const bank = await openBank(at.adapter, toMain);
    equal((await bank.accounts.get("1", { atVersion: 5 })).balance, 15);
    deepEqual(await kept(bank), [[1, 5, "manual"]]);
  });

  it("write back in the background in background mode", async () => {
    await oldSnapshot();
    const bank = await openBank(at.adapter, { ...toMain, config: { snapshots: { mode: "background" } } });
    await bank.accounts.get("1");
    equal(await bank.domain.drainSnapshots(), 1);
    deepEqual((await kept(bank))[0], [2, 5, "migration"]);
  });

  it("fail no load when the write-back fails", async () => {
    await oldSnapshot();
    const write = () => Promise.reject(new Error("the disk is gone"));
    const bank = await openBank(at.adapter, { ...toMain, store: { snapshots: { write } } });
    equal((await bank.accounts.get("1")).balance, 15);
    ok(bank.warnings[0]?.message.endsWith("not written: the disk is gone"));
  });

  it("are applied by a bulk run to aggregates without new events", async () => {
    await oldSnapshot();
    const bank = await openBank(at.adapter, { ...toMain, config: { snapshots: { mode: "manual" } } });
    deepEqual((await bank.domain.createSnapshots(bank.Account)).created, 1);
    deepEqual((await bank.domain.createSnapshots(bank.Account)).unchanged, 1);
    deepEqual(await snapshotVersions(bank, "1"), [5, 5]);
  });

  it("let the versions of a rolling deployment each keep their own latest", async () => {
    const config = { snapshot_threshold: 3 };
    const blue = await oldSnapshot({ config });
    const green = await openBank(at.adapter, { ...toMain, config });
    for (let round = 0; round < 4; round++) {
      await blue.accounts.update("1", (account) => account.deposit(1, 2, 3));
      await green.accounts.update("1", (account) => account.deposit(1, 2, 3));
    }
    deepEqual(
      (await kept(blue)).map(([schemaVersion, version]) => [schemaVersion, version]),
      [
        [2, 29],
        [1, 26],
      ],
    );
    const [one, other] = [await blue.accounts.get("1"), await green.accounts.get("1")];
    deepEqual([one.balance, one.version], [other.balance, other.version]);
    deepEqual([blue.warnings, green.warnings], [[], []]);
  });
}
