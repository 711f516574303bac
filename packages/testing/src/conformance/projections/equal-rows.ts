import { deepEqual } from "node:assert/strict";
import fc from "fast-check";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { type Dashboard, openDashboard } from "./dashboard-under-test";
import { foldedInMemory, STEP, type Step } from "./histories";
import { plain } from "./plain-rows";

export function equalRows(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("have the same rows, in batches of any size, as a fold in memory", async () => {
    const runs = Math.min(20, at.conformance.histories?.runs ?? 20);
    const seed = at.conformance.histories?.seed;
    await fc.assert(
      fc.asyncProperty(fc.array(STEP, { maxLength: 40 }), fc.integer({ min: 1, max: 12 }), async (history, batch) => {
        await at.dispose();
        await at.open();
        const config = { subscriptions: { batch } };
        const inline = await openDashboard(at.adapter, { mode: "inline", config });
        await play(inline, history);
        const expected = foldedInMemory(history);
        deepEqual(await rowsOf(inline), expected);
        await inline.domain.close();

        await at.dispose();
        await at.open();
        const written = await openDashboard(at.adapter, { config });
        await play(written, history.slice(0, history.length >> 1));
        await written.domain.catchUp();
        await play(written, history.slice(history.length >> 1));
        await written.domain.catchUp();
        deepEqual(await rowsOf(written), expected);
        await written.domain.close();
        const later = await openDashboard(at.adapter, { mode: "inline", config });
        deepEqual(await rowsOf(later), expected);
        await later.domain.close();
      }),
      { numRuns: runs, ...(seed !== undefined && { seed }) },
    );
  });
}

async function play({ open, change, accounts }: Dashboard, history: readonly Step[]): Promise<void> {
  for (const [kind, account, amount] of history) {
    const id = `a-${account}`;
    if (kind === "open" ? await accounts.exists(id) : !(await accounts.exists(id))) continue;
    if (kind === "open") await open(id, account % 2 === 0 ? "even" : "odd");
    else
      await change(id, (each) => {
        if (kind === "deposit") each.deposit(amount);
        else if (kind === "tag") each.tag([`t${amount}`], ...(amount % 4 === account ? [] : [`a-${amount % 4}`]));
        else if (kind === "erase") each.erase();
        else each.reopen("Bob");
      });
  }
}

async function rowsOf({ domain, Summary, Branch, AccountStates }: Dashboard) {
  return {
    summaries: plain(await domain.viewOf(Summary).all()),
    branches: plain(await domain.viewOf(Branch).all()),
    states: plain(await domain.viewOf(AccountStates).all()),
  };
}
