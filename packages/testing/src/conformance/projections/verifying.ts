import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { type Domain, ProjectionFoldError } from "@tidemark/core";
import type { ReadModelStore } from "@tidemark/core/adapter";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { type Dashboard, openDashboard } from "./dashboard-under-test";
import { plain } from "./plain-rows";
import { plainDifferences, plantCopy, plantGap, plantValues, STATES, SUMMARY } from "./planted-rows";

const OPENED_AT = new Date(1_700_000_000_000);

/** Six accounts with tags and deposits, one of them erased. */
async function filled({ domain, open, change }: Dashboard): Promise<void> {
  for (const number of [1, 2, 3, 4, 5, 6]) {
    await open(`a-${number}`, number % 2 === 0 ? "even" : "odd");
    await change(`a-${number}`, (account) => account.deposit(number));
  }
  await change("a-1", (account) => account.tag(["gold", "old"], "a-2"));
  await change("a-6", (account) => account.erase());
  await domain.catchUp();
}

const rowOf = (accountId: string, balance: number, tags: readonly string[] = []) => ({
  accountId,
  branch: Number(accountId.slice(2)) % 2 === 0 ? "even" : "odd",
  holder: "Ada",
  balance,
  tags: [...tags],
  openedAt: OPENED_AT,
});

const SOUND = { differences: [], differing: 0, parked: [] };

export function verifying(at: StoreUnderTest): void {
  const { it } = testRunner();

  for (const mode of ["async", "inline"] as const) {
    it(`finds nothing in sound rows (${mode})`, async () => {
      const dashboard = await openDashboard(at.adapter, { mode });
      await filled(dashboard);
      const { domain, Summary, Branch, AccountStates } = dashboard;
      deepEqual(await domain.verifyProjection(Summary), { checked: 5, ...SOUND });
      deepEqual(await domain.verifyProjection(Branch), { checked: 2, ...SOUND });
      deepEqual(await domain.verifyProjection(AccountStates), { checked: 6, ...SOUND });
    });

    it(`finds values, rows that are missing and rows that should not be there (${mode})`, async () => {
      const dashboard = await openDashboard(at.adapter, { mode });
      await filled(dashboard);
      await plantValues(at.adapter, SUMMARY, "a-1", { balance: 100, tags: '["gold","new","x"]', _revision: 1 });
      await plantValues(at.adapter, SUMMARY, "a-3", { opened_at: 5, note: "by hand", _absent: null });
      await plantGap(at.adapter, SUMMARY, "a-4");
      await plantCopy(at.adapter, SUMMARY, "a-2", "a-9");
      const found = await dashboard.domain.verifyProjection(dashboard.Summary);
      const byKey = [...plainDifferences(found.differences)].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
      deepEqual(byKey, [
        { key: "a-1", path: "balance", stored: 100, expected: 1 },
        { key: "a-1", path: "tags[1]", stored: "new", expected: "old" },
        { key: "a-1", path: "tags[2]", stored: "x", expected: undefined },
        { key: "a-3", path: "note", stored: "by hand", expected: undefined },
        { key: "a-3", path: "openedAt", stored: new Date(5), expected: OPENED_AT },
        { key: "a-4", path: "", stored: undefined, expected: rowOf("a-4", 4) },
        {
          key: "a-9",
          path: "",
          stored: { ...rowOf("a-2", 2, ["gold", "old"]), accountId: "a-9" },
          expected: undefined,
        },
      ]);
      equal(found.checked, 6);
      equal(found.differing, 4);
    });

    it(`finds what the next event would be folded into, of the states of aggregates (${mode})`, async () => {
      const dashboard = await openDashboard(at.adapter, { mode });
      await filled(dashboard);
      const [row] = await at.adapter.operations!.readModels.rows(STATES, ["a-5"]);
      const state = JSON.parse(row![4] as string) as object;
      await plantValues(at.adapter, STATES, "a-5", { _state: JSON.stringify({ ...state, holder: "Eve" }) });
      const { differences } = await dashboard.domain.verifyProjection(dashboard.AccountStates);
      deepEqual(differences, [{ key: "a-5", path: "_state.holder", stored: "Eve", expected: "Ada" }]);
    });

    it(`compares rows at their own positions while events arrive (${mode})`, async () => {
      const meanwhile = { work: async (): Promise<void> => undefined };
      const dashboard = await openDashboard(at.adapter, { mode, store: interposed(at, meanwhile) });
      await filled(dashboard);
      const { domain, Summary, AccountStates, change, open } = dashboard;
      await plantValues(at.adapter, SUMMARY, "a-2", { holder: "Eve" });
      let writes = 0;
      meanwhile.work = async () => {
        writes++;
        // One row changes at every look, one appears, one goes, one that differs changes as well.
        for (const id of ["a-1", "a-2"]) await change(id, (account) => account.deposit(10));
        if (writes === 1) await open("a-7");
        if (writes === 2) await change("a-3", (account) => account.erase());
        await domain.catchUp();
      };
      const found = await domain.verifyProjection(Summary);
      ok(writes > 2);
      deepEqual(found.differences, [{ key: "a-2", path: "holder", stored: "Eve", expected: "Ada" }]);
      equal((await domain.verifyProjection(AccountStates)).differing, 0);
    });
  }

  it("does not take rows for different whose events are not folded yet", async () => {
    const dashboard = await openDashboard(at.adapter);
    await filled(dashboard);
    await dashboard.open("a-8");
    await dashboard.change("a-1", (account) => account.deposit(7));
    deepEqual(await dashboard.domain.verifyProjection(dashboard.Summary), { checked: 5, ...SOUND });
  });

  it("compares the same rows for the same seed, and the same in several passes over the log", async () => {
    const dashboard = await openDashboard(at.adapter);
    const { domain, Summary, open } = dashboard;
    for (let number = 10; number < 40; number++) await open(`a-${number}`);
    await domain.catchUp();
    for (let number = 10; number < 40; number += 2)
      await plantValues(at.adapter, SUMMARY, `a-${number}`, { balance: 1 });
    await plantGap(at.adapter, SUMMARY, "a-11");
    const keys = async (options: Parameters<Domain["verifyProjection"]>[1]) => {
      const { checked, differences } = await domain.verifyProjection(Summary, options);
      return { checked, keys: Array.from(differences, keyOf).sort() };
    };
    const all = await keys({});
    equal(all.checked, 30);
    equal(all.keys.length, 16);
    let events = 0;
    const parts = await keys({ rowsAtOnce: 4, seed: 1, onProgress: (progress) => (events = progress.events) });
    deepEqual(parts, all);
    ok(events >= 30 * 7, `${events} events are fewer than seven passes read`);

    const some = await keys({ sample: 10, seed: 7 });
    ok(some.checked >= 10 && some.checked <= 11);
    deepEqual(await keys({ sample: 10, seed: 7, rowsAtOnce: 3 }), some);
    const samples = await Promise.all([8, 9, 10, 11].map((seed) => keys({ sample: 10, seed })));
    ok(samples.some((sample) => sample.keys.join() !== some.keys.join()));
    ok(samples.every((sample) => sample.keys.every((key) => all.keys.includes(key))));
    equal((await keys({ sample: 1_000 })).checked, 30);
  });

  it("compares a row whose key is set aside as it is before the event that failed, and passes over what was skipped", async () => {
    let refused = 3;
    const onDeposit = (amount: number) => {
      if (amount === refused) throw new RangeError(`${amount} is too much`);
    };
    const { domain, Summary, Branch, change, ...dashboard } = await openDashboard(at.adapter, { onDeposit });
    await filled({ domain, Summary, Branch, change, ...dashboard });
    await change("a-3", (account) => account.deposit(100));
    await domain.catchUp();
    equal((await domain.viewOf(Summary).get("a-3")).balance, 0);
    deepEqual(await domain.verifyProjection(Summary), { checked: 5, ...SOUND, parked: ["a-3"] });
    deepEqual((await domain.verifyProjection(Branch)).parked, []);
    deepEqual(
      (await all(domain.explainRow(Summary, "a-3"))).map(({ position }) => position),
      [0],
    );
    await plantValues(at.adapter, SUMMARY, "a-3", { balance: 9 });
    const { differences, parked } = await domain.verifyProjection(Summary);
    deepEqual(differences, [{ key: "a-3", path: "balance", stored: 9, expected: 0 }]);
    deepEqual(parked, ["a-3"]);
    await plantValues(at.adapter, SUMMARY, "a-3", { balance: 0 });

    await domain.skipParked({ subscription: "Summary", key: "a-3", reason: "paid back by hand" });
    equal((await domain.viewOf(Summary).get("a-3")).balance, 100);
    deepEqual(await domain.verifyProjection(Summary), { checked: 5, ...SOUND });
    deepEqual(
      (await all(domain.explainRow(Summary, "a-3"))).map(({ position }) => position),
      [0, 2],
    );

    refused = 7;
    await change("a-3", (account) => account.deposit(7));
    await domain.catchUp();
    refused = 0;
    await domain.retryParked({ subscription: "Summary" });
    equal((await domain.viewOf(Summary).get("a-3")).balance, 107);
    deepEqual(await domain.verifyProjection(Summary), { checked: 5, ...SOUND });
  });

  it("names the event and the method where events cannot be folded any more", async () => {
    const before = await openDashboard(at.adapter);
    await filled(before);
    await before.domain.close();
    const onDeposit = (amount: number) => {
      if (amount === 3) throw new RangeError("three is too much");
    };
    const { domain, Summary } = await openDashboard(at.adapter, { onDeposit });
    await rejects(domain.verifyProjection(Summary), (error: unknown) => {
      ok(error instanceof ProjectionFoldError);
      const { place, type, stream, position } = error.details;
      deepEqual(
        { place, type, stream, position },
        { place: "Summary.deposited", type: "Fidelis.Deposited.v1", stream: "fidelis::account-a-3", position: 1 },
      );
      ok(error.message.includes("three is too much"), error.message);
      return true;
    });
  });

  it("ends by its signal, and refuses options that are no whole numbers", async () => {
    const dashboard = await openDashboard(at.adapter);
    await filled(dashboard);
    const { domain, Summary } = dashboard;
    const controller = new AbortController();
    const reason = new Error("enough");
    const verification = domain.verifyProjection(Summary, {
      signal: controller.signal,
      onProgress: () => controller.abort(reason),
    });
    await rejects(verification, (error) => error === reason);
    const steps = domain.explainRow(Summary, "a-1", { signal: AbortSignal.abort(reason) });
    await rejects(steps.next(), (error) => error === reason);
    await rejects(domain.verifyProjection(Summary, { sample: 0 }), /sample must be a whole number from 1, found 0/);
    await rejects(domain.verifyProjection(Summary, { seed: 0.5 }), /seed must be a whole number, found 0.5/);
  });

  it("is cut off when the domain closes", async () => {
    const dashboard = await openDashboard(at.adapter);
    await filled(dashboard);
    const { domain, Summary } = dashboard;
    let closing: Promise<void> | undefined;
    const onProgress = () => {
      closing ??= domain.close();
    };
    await rejects(domain.verifyProjection(Summary, { onProgress }), /is closing/);
    await closing;
  });

  it("explains a row by the events that made it", async () => {
    const dashboard = await openDashboard(at.adapter);
    const { domain, Summary, Branch, AccountStates, Opened, change, open } = dashboard;
    await filled(dashboard);
    await change("a-6", (account) => account.deposit(1));
    await change("a-6", (account) => account.reopen("Bob"));
    await domain.catchUp();
    await change("a-6", (account) => account.deposit(2));
    await open("a-8", "even");

    const steps = await all(domain.explainRow(Summary, "a-6"));
    deepEqual(
      steps.map(({ type, position, places, row }) => ({ type, position, places, row: row && plain([row])[0] })),
      [
        { type: "Fidelis.Opened.v1", position: 0, places: ["Summary.opened"], row: rowOf("a-6", 0) },
        {
          type: "Fidelis.Deposited.v1",
          position: 1,
          places: ["Summary.deposited"],
          row: { ...rowOf("a-6", 6), note: null },
        },
        { type: "Fidelis.Erased.v1", position: 2, places: ["Summary.erased"], row: undefined },
        {
          type: "Fidelis.Opened.v1",
          position: 4,
          places: ["Summary.opened"],
          row: { ...rowOf("a-6", 0), holder: "Bob", openedAt: new Date(1_800_000_000_000) },
        },
      ],
    );
    const [first] = steps;
    ok(first!.event instanceof Opened);
    ok(first!.recordedAt instanceof Date);
    equal(first!.stream, "fidelis::account-a-6");
    ok(Object.isFrozen(first!.row) && first!.row instanceof Summary);
    deepEqual(steps.at(-1)!.row, await domain.viewOf(Summary).get("a-6"));

    const tagged = await all(domain.explainRow(Summary, "a-2"));
    deepEqual(
      tagged.map(({ stream }) => stream),
      ["fidelis::account-a-2", "fidelis::account-a-2", "fidelis::account-a-1"],
    );
    const branch = await all(domain.explainRow(Branch, "even"));
    deepEqual({ ...branch.at(-1)!.row }, { branch: "even", accounts: 4, total: 13 });
    const states = await all(domain.explainRow(AccountStates, "a-3"));
    deepEqual(
      states.map(({ row }) => ({ ...row })),
      [
        { id: "a-3", version: 0, balance: 0, tags: [] },
        { id: "a-3", version: 1, balance: 3, tags: [] },
      ],
    );
    deepEqual(await all(domain.explainRow(Summary, "nobody")), []);
  });
}

function keyOf({ key, path }: { readonly key: string; readonly path: string }): string {
  return key + path;
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** Does some work before each page of rows, and each row that is looked at again. Nothing while it works. */
function interposed({ adapter }: StoreUnderTest, meanwhile: { work: () => Promise<void> }) {
  const { readModels } = adapter.operations!;
  let isAtWork = false;
  const first = async <T>(read: () => T): Promise<Awaited<T>> => {
    if (!isAtWork) {
      isAtWork = true;
      try {
        await meanwhile.work();
      } finally {
        isAtWork = false;
      }
    }
    return await read();
  };
  const query: ReadModelStore["query"] = (asked) => first(() => readModels.query(asked));
  const rows: ReadModelStore["rows"] = (table, keys) => first(() => readModels.rows(table, keys));
  const methods = new Proxy(readModels, {
    get(target, name) {
      if (name === "query") return query;
      if (name === "rows") return rows;
      const value: unknown = target[name as keyof ReadModelStore];
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { operations: { readModels: methods } };
}
