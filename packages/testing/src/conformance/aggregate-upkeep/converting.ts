import { deepEqual, equal, rejects } from "node:assert/strict";

import { type AggregateOptions, type Domain, StoreUnavailableError } from "@tidemark/core";
import type { EventLog } from "@tidemark/core/adapter";

import { range } from "../event-store/sample-events";
import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { openWallets, StoredWallets, type WalletRelease, walletsOn } from "./wallets-under-test";

const STATE: AggregateOptions = { stored: "state" };
const EVENTS: WalletRelease = { storage: { stored: "events" }, opening: {} };
const TABLE = "conformance_wallet_v1";
const IDS = range(7).map((n) => `w${n}`);

export function converting(at: StoreUnderTest): void {
  const { it } = testRunner();

  /** Stores wallets as the release before does: as rows. */
  async function storedAsState(release: Partial<WalletRelease> = {}) {
    const wallets = await openWallets(at.adapter, { storage: STATE, ...release });
    for (const [n, id] of IDS.entries()) {
      await wallets.change(id, { kind: "open", text: `Holder ${n}` });
      for (let payment = 0; payment < n; payment++) await wallets.change(id, { kind: "pay", number: n });
      if (n % 2 === 0) await wallets.change(id, { kind: "limit", number: null });
      if (n % 2 === 1) await wallets.change(id, { kind: "card", text: `card ${n}` });
      if (n % 3 === 0) await wallets.change(id, { kind: "tag", text: "third" });
    }
    // Nothing but the row knows of this.
    await wallets.domain.repositoryFor(wallets.Wallet).update("w1", (wallet) => void wallet.rename("Secretly renamed"));
    return { ...wallets, states: await statesOf(wallets), rows: new StoredWallets(at.adapter, TABLE) };
  }

  it("gives each aggregate an opening event with its state, and takes its row away", async () => {
    const { states, rows } = await storedAsState();
    const release = walletsOn(at.adapter, EVENTS);
    const { checked, converted, table, differing, failing } = await release.domain.convertAggregate(release.Wallet);
    deepEqual([checked, converted, table, differing, failing], [7, 7, TABLE, 0, 0]);
    equal(await rows.isThere(), false);
    await release.domain.init();
    deepEqual(await statesOf(release), states);
    deepEqual(await openingsOf(release.domain), IDS);
    await release.change("w3", { kind: "pay", number: 1 });
    equal(String((await release.domain.repositoryFor(release.Wallet).get("w3")).balance), "10");
  });

  it("is asked for by init(), which refuses a release that would miss the rows", async () => {
    await storedAsState();
    const release = walletsOn(at.adapter, EVENTS);
    await rejects(release.domain.init(), {
      code: "INVALID_CONFIGURATION",
      message: /the table conformance_wallet_v1 still has rows of it: run "domain aggregate convert Wallet"/,
    });
    await release.domain.convertAggregate(release.Wallet);
    await release.domain.init();
    equal(await release.domain.repositoryFor(release.Wallet).count(), 7);
  });

  it("compares and writes nothing where it is tried out", async () => {
    const { domain, rows } = await storedAsState();
    const before = await rows.row("w3");
    const release = walletsOn(at.adapter, EVENTS);
    const outcome = await release.domain.convertAggregate(release.Wallet, { dryRun: true });
    deepEqual([outcome.checked, outcome.converted, outcome.differing, outcome.dryRun], [7, 0, 0, true]);
    deepEqual(await rows.row("w3"), before);
    deepEqual(await openingsOf(domain), []);
  });

  it("refuses all where one state would be another afterwards, and tells each path", async () => {
    const { domain, rows } = await storedAsState();
    const forgetful = walletsOn(at.adapter, { ...EVENTS, opening: { withoutTags: true } });
    const outcome = await forgetful.domain.convertAggregate(forgetful.Wallet);
    deepEqual([outcome.checked, outcome.converted, outcome.differing], [7, 0, 3]);
    deepEqual(outcome.differences, [
      { id: "w0", path: "tags[0]", stored: "third", folded: undefined },
      { id: "w3", path: "tags[0]", stored: "third", folded: undefined },
      { id: "w6", path: "tags[0]", stored: "third", folded: undefined },
    ]);
    deepEqual(await openingsOf(domain), []);
    equal((await rows.row("w1")) === undefined, false);
  });

  it("tells which aggregates cannot be opened, and why", async () => {
    const { domain } = await storedAsState();
    const refusing = walletsOn(at.adapter, { ...EVENTS, opening: { refused: "Holder 2" } });
    const { converted, failing, failed } = await refusing.domain.convertAggregate(refusing.Wallet);
    deepEqual([converted, failing, failed], [0, 1, [{ id: "w2", reason: "Holder 2 is not wanted" }]]);
    deepEqual(await openingsOf(domain), []);
  });

  for (const [title, isStored] of [
    ["before it stores", false],
    ["after it has stored", true],
  ] as const)
    it(`goes on where it was cut off ${title} an opening event, and converts each aggregate once`, async () => {
      const { states } = await storedAsState();
      let appends = 0;
      const append: EventLog["append"] = async (...args) => {
        const isCut = ++appends === 4;
        if (isCut && !isStored) throw killed();
        const appended = await at.adapter.log.append(...args);
        if (isCut) throw killed();
        return appended;
      };
      const cut = walletsOn(at.adapter, { ...EVENTS, store: { patienceMs: 0, log: { append } } });
      await rejects(cut.domain.convertAggregate(cut.Wallet), { code: "STORE_UNAVAILABLE" });
      const done = isStored ? 4 : 3;
      deepEqual(await openingsOf(await domainToRead()), IDS.slice(0, done));
      const release = walletsOn(at.adapter, EVENTS);
      const { checked, converted } = await release.domain.convertAggregate(release.Wallet);
      deepEqual([checked, converted], [7 - done, 7 - done]);
      await release.domain.init();
      deepEqual([await statesOf(release), await openingsOf(release.domain)], [states, IDS]);
    });

  it("stops at its signal, and goes on with the rest", async () => {
    await storedAsState();
    const release = walletsOn(at.adapter, EVENTS);
    const stop = new AbortController();
    const reason = new Error("enough");
    const stopped = release.domain.convertAggregate(release.Wallet, {
      signal: stop.signal,
      onProgress: ({ phase, done }) => {
        if (phase === "Converting" && done === 2) stop.abort(reason);
      },
    });
    await rejects(stopped, (error) => error === reason);
    equal((await release.domain.convertAggregate(release.Wallet)).converted, 5);
  });

  it("has nothing to do a second time", async () => {
    await storedAsState();
    const release = walletsOn(at.adapter, EVENTS);
    await release.domain.convertAggregate(release.Wallet);
    const { checked, converted } = await release.domain.convertAggregate(release.Wallet);
    deepEqual([checked, converted], [0, 0]);
    await release.domain.init();
    deepEqual((await release.domain.convertAggregate(release.Wallet)).checked, 0);
    deepEqual(await openingsOf(release.domain), IDS);
  });

  it("looks at a row again that the release before has saved meanwhile", async () => {
    const { change } = await storedAsState();
    let meanwhile = 0;
    const append: EventLog["append"] = async (...args) => {
      if (++meanwhile === 3) await change("w2", { kind: "pay", number: 50 });
      return await at.adapter.log.append(...args);
    };
    const release = walletsOn(at.adapter, { ...EVENTS, store: { log: { append } } });
    const { converted } = await release.domain.convertAggregate(release.Wallet);
    equal(converted, 7);
    await release.domain.init();
    equal(String((await release.domain.repositoryFor(release.Wallet).get("w2")).balance), "54");
    await rejects(change("w2", { kind: "pay", number: 1 }), Error);
  });

  it("reserves what is unique", async () => {
    await storedAsState({ isUnique: true });
    const release = walletsOn(at.adapter, { ...EVENTS, isUnique: true });
    equal((await release.domain.convertAggregate(release.Wallet)).converted, 7);
    await release.domain.init();
    await rejects(release.change("another", { kind: "open", text: "Holder 2" }), { code: "UNIQUE_VIOLATION" });
    await release.change("another", { kind: "open", text: "Holder 1" });
    deepEqual((await release.domain.verifyAggregate(release.Wallet)).differing, 0);
  });

  it("refuses an aggregate whose first events were forgotten", async () => {
    const { domain } = await storedAsState();
    const { position } = (await domain.eventStore.readLast("conformance::wallet-w6"))!;
    await at.adapter.log.forget?.({
      category: "conformance::wallet",
      before: Date.now() + 1e6,
      after: 0,
      upTo: Number.MAX_SAFE_INTEGER,
      limit: 1e6,
    });
    const release = walletsOn(at.adapter, EVENTS);
    const { converted, failed } = await release.domain.convertAggregate(release.Wallet);
    equal(converted, 0);
    deepEqual(failed.at(-1), {
      id: "w6",
      reason: `its events up to position ${position - 1} were forgotten, so that its story cannot be told`,
    });
  });

  it("is refused for a class that is not stored as events, and for one without an opening event", async () => {
    const { domain, Wallet } = await storedAsState();
    await rejects(domain.convertAggregate(Wallet), {
      code: "INCORRECT_USAGE",
      message: /^Cannot convert Wallet: it is stored as its state/,
    });
    const release = walletsOn(at.adapter, { storage: { stored: "events" } });
    await rejects(release.domain.convertAggregate(release.Wallet), {
      code: "INCORRECT_USAGE",
      message: /^Cannot convert Wallet: it declares no opening event/,
    });
  });

  it("the way back goes through both: a release that would miss the events is refused", async () => {
    const events = await openWallets(at.adapter, { storage: { stored: "events" } });
    await events.change("w1", { kind: "open", text: "Holder" });
    await rejects(openWallets(at.adapter, { storage: STATE }), {
      code: "INVALID_CONFIGURATION",
      message: /^.*Wallet is stored as its state, and it has aggregates that are in their events alone/s,
    });
    const both = await openWallets(at.adapter, { storage: { stored: "both", truth: "events" } });
    equal((await both.domain.verifyAggregate(both.Wallet, { repair: true })).repaired, 1);
    const state = await openWallets(at.adapter, { storage: STATE });
    await state.change("w1", { kind: "pay", number: 3 });
    equal(String((await state.domain.repositoryFor(state.Wallet).get("w1")).balance), "3");
  });

  async function domainToRead(): Promise<Domain> {
    return (await openWallets(at.adapter, { name: "reader", storage: STATE })).domain;
  }
}

function killed(): Error {
  return new StoreUnavailableError({ attempted: "append", store: "a store", reason: "the process was killed" });
}

/** The ids of the aggregates that have an opening event, in their order. */
async function openingsOf(domain: Domain): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { type, stream } of domain.eventStore.readAll())
    if (type === "Conformance.Moved.v1") ids.push(stream.replace("conformance::wallet-", ""));
  return ids.sort();
}

async function statesOf({ domain, Wallet }: Awaited<ReturnType<typeof openWallets>>): Promise<readonly unknown[]> {
  const states: unknown[] = [];
  for (const id of IDS) states.push(JSON.parse(JSON.stringify(await domain.repositoryFor(Wallet).get(id))));
  return states;
}
