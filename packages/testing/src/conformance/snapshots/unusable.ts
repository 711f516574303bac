import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { gzipSync } from "node:zlib";

import { UNCACHED } from "../domain-under-test";
import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { type Bank, openBank } from "./bank-under-test";
import { openAccount, snapshotVersions } from "./history";

type SnapshotRecord = Record<string, unknown> & { readonly state: Record<string, unknown> };

const STREAM = "conformance::account:snapshot-1";

export function unusable(at: StoreUnderTest): void {
  const { it } = testRunner();

  const tampered: Readonly<Record<string, { change(record: SnapshotRecord): object; reason: string }>> = {
    "whose state was altered": {
      change: (r) => ({ ...r, state: { ...r.state, balance: 1_000_000 } }),
      reason: "damaged",
    },
    "without state": { change: ({ state: _, ...r }) => r, reason: "damaged" },
    "whose state is cut short": {
      change: (r) => ({ ...r, state: JSON.stringify(r.state).slice(0, 20) }),
      reason: "damaged",
    },
    "whose state is an array": { change: (r) => ({ ...r, state: [r.state] }), reason: "damaged" },
    "of which hardly anything is left": { change: keysOnly, reason: "encoding" },
    "with another checksum": { change: (r) => ({ ...r, checksum: 1 }), reason: "damaged" },
    "with a later version than it has": { change: (r) => ({ ...r, version: 9 }), reason: "damaged" },
    "whose version is a text": { change: (r) => ({ ...r, version: "5" }), reason: "damaged" },
    "whose id is a number": { change: (r) => ({ ...r, aggregateId: 1 }), reason: "damaged" },
    "with another last event": { change: (r) => ({ ...r, lastEventId: "someone-else" }), reason: "damaged" },
    "without a date": { change: (r) => ({ ...r, createdAt: "yesterday" }), reason: "damaged" },
    "of an unknown encoding": { change: (r) => ({ ...r, encoding: "lzma" }), reason: "encoding" },
    "that says gzip and is not": {
      change: (r) => ({ ...r, encoding: "gzip", state: "bm8gZ3ppcA==" }),
      reason: "damaged",
    },
    "that unpacks to more than is allowed": {
      change: (r) => ({ ...r, encoding: "gzip", state: bomb() }),
      reason: "too-large",
    },
  };

  for (const [which, { change, reason }] of Object.entries(tampered)) {
    it(`${which} is left aside with one warning, and replaced by the next`, async () => {
      const bank = await openBank(at.adapter, { config: { snapshots: { max_state_bytes: 1_000_000 } } });
      await openAccount(bank, "1", 6);
      await bank.domain.createSnapshot(bank.Account, "1");
      await rewrite(bank, change);
      await checkLeftAside(bank, reason);
      const writing = await openBank(at.adapter, { config: { snapshot_threshold: 6 } });
      await writing.accounts.get("1");
      const after = await openBank(at.adapter);
      equal((await after.accounts.get("1")).balance, 15);
      deepEqual([after.warnings, await snapshotVersions(after, "1")], [[], [5]]);
    });
  }

  it("of another aggregate is left aside", async () => {
    const bank = await openBank(at.adapter);
    await openAccount(bank, "1", 6);
    await openAccount(bank, "2", 6);
    await bank.domain.createSnapshot(bank.Account, "2");
    const other = await bank.domain.eventStore.readLast("conformance::account:snapshot-2");
    await bank.domain.eventStore.append([{ stream: STREAM, events: [{ type: "SNAPSHOT", data: other?.data }] }]);
    await checkLeftAside(bank, "foreign");
  });

  it("ahead of its stream, or of another history, is left aside: a store restored from an older copy", async () => {
    const elsewhere = await at.conformance.open();
    try {
      const later = await openBank(elsewhere.adapter);
      for (const [id, events] of [
        ["1", 9],
        ["2", 6],
      ] as const) {
        await openAccount(later, id, events);
        await later.domain.createSnapshot(later.Account, id);
      }
      const bank = await openBank(at.adapter);
      for (const id of ["1", "2"]) {
        await openAccount(bank, id, 6);
        const stream = `conformance::account:snapshot-${id}`;
        const message = await later.domain.eventStore.readLast(stream);
        await bank.domain.eventStore.append([{ stream, events: [{ type: "SNAPSHOT", data: message?.data }] }]);
      }
      await checkLeftAside(bank, "ahead");
      bank.warnings.length = 0;
      await bank.accounts.get("2");
      deepEqual(
        bank.warnings.map((warning) => warning.reason),
        ["other-history"],
      );
    } finally {
      await elsewhere.dispose();
    }
  });

  it("gives way to an older one that is kept and good", async () => {
    const bank = await openBank(at.adapter, { config: { ...UNCACHED, snapshots: { keep: 2 } } });
    await openAccount(bank, "1", 6);
    await bank.domain.createSnapshot(bank.Account, "1");
    await bank.accounts.update("1", (account) => account.deposit(100, 200));
    await bank.domain.createSnapshot(bank.Account, "1");
    await rewrite(bank, (record) => ({ ...record, state: { ...record.state, balance: 0 } }));
    equal((await bank.accounts.get("1")).balance, 315);
    deepEqual(
      bank.warnings.map((warning) => warning.reason),
      ["damaged"],
    );
  });

  it("does not bring an account to life that has no events", async () => {
    const bank = await openBank(at.adapter);
    await openAccount(bank, "1", 6);
    await bank.domain.createSnapshot(bank.Account, "1");
    const message = await bank.domain.eventStore.readLast(STREAM);
    const stream = "conformance::account:snapshot-ghost";
    await bank.domain.eventStore.append([{ stream, events: [{ type: "SNAPSHOT", data: message?.data }] }]);
    equal(await bank.accounts.find("ghost"), undefined);
    equal(await bank.accounts.exists("ghost"), false);
    await rejects(bank.accounts.get("ghost"), { code: "OBJECT_NOT_FOUND" });
  });

  async function rewrite(bank: Bank, change: (record: SnapshotRecord) => object): Promise<void> {
    const message = await bank.domain.eventStore.readLast(STREAM);
    const data = change(message?.data as SnapshotRecord);
    await bank.domain.eventStore.append([{ stream: STREAM, events: [{ type: "SNAPSHOT", data }] }]);
  }

  async function checkLeftAside(bank: Bank, reason: string): Promise<void> {
    const account = await bank.accounts.get("1");
    deepEqual([account.version, account.balance], [5, 15]);
    deepEqual(
      bank.warnings.map((warning) => warning.reason),
      [reason],
    );
    ok(bank.warnings[0]?.message.startsWith('Snapshot of Account "1" not used: '), bank.warnings[0]?.message);
  }
}

function keysOnly({ version, schemaVersion, fingerprint }: SnapshotRecord): object {
  return { version, schemaVersion, fingerprint };
}

/** 10 MB of nothing in 10 kB. */
function bomb(): string {
  return gzipSync(`{"holder":"${" ".repeat(10_000_000)}"}`).toString("base64");
}
