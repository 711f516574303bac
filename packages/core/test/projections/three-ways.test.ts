import fc from "fast-check";

import { MemoryEventStore } from "../../src/index";
import { dashboard } from "./dashboard";

/** What one step of a history does to one of a few accounts. */
type Step = readonly [kind: "open" | "deposit" | "tag" | "erase" | "reopen", account: number, amount: number];

const STEP: fc.Arbitrary<Step> = fc.tuple(
  fc.constantFrom("open", "deposit", "deposit", "tag", "erase", "reopen"),
  fc.nat(3),
  fc.nat(9),
);

/** Rows as a fold without any of the machinery gives them. */
function folded(history: readonly Step[]) {
  const summaries = new Map<string, Record<string, unknown>>();
  const branches = new Map<string, { branch: string; accounts: number; total: number }>();
  const branchOf = (id: string) => (Number(id.slice(2)) % 2 === 0 ? "even" : "odd");
  const states = new Map<string, { id: string; version: number; balance: number; tags: string[] }>();
  for (const [kind, account, amount] of history) {
    const id = `a-${account}`;
    const branch = branchOf(id);
    const state = states.get(id);
    const summary = summaries.get(id);
    if (kind === "open" ? state !== undefined : state === undefined) continue;
    if (state === undefined || kind === "reopen") {
      const made = branches.get(branch) ?? { branch, accounts: 0, total: 0 };
      branches.set(branch, { ...made, accounts: made.accounts + 1 });
      const opened = { holder: kind === "open" ? "Ada" : "Bob", openedAt: new Date(kind === "open" ? 1.7e12 : 1.8e12) };
      summaries.set(id, { balance: 0, tags: [], ...summary, accountId: id, branch, ...opened });
    } else if (kind === "deposit") {
      const made = branches.get(branch)!;
      branches.set(branch, { ...made, total: made.total + amount });
      if (summary !== undefined) {
        summary.balance = (summary.balance as number) + amount;
        if (amount > 5) summary.note = null;
      }
    } else if (kind === "tag") {
      const tags = [`t${amount}`];
      for (const each of new Set([id, `a-${amount % 4}`])) {
        const tagged = summaries.get(each);
        if (tagged !== undefined) tagged.tags = [...(tagged.tags as string[]), ...tags];
      }
    } else if (kind === "erase") summaries.delete(id);
    const next = state ?? { id, version: -1, balance: 0, tags: [] };
    next.version++;
    if (kind === "deposit") next.balance += amount;
    if (kind === "erase") next.balance = 0;
    if (kind === "tag") next.tags = [...next.tags, `t${amount}`];
    states.set(id, next);
  }
  const inOrder = <T>(rows: ReadonlyMap<string, T>) => [...rows.keys()].sort().map((key) => ({ ...rows.get(key) }));
  return { summaries: inOrder(summaries), branches: inOrder(branches), states: inOrder(states) };
}

type Dashboard = ReturnType<typeof dashboard>;

async function play({ open, change, accounts }: Dashboard, history: readonly Step[]): Promise<void> {
  for (const [kind, account, amount] of history) {
    const id = `a-${account}`;
    if (kind === "open" ? await accounts().exists(id) : !(await accounts().exists(id))) continue;
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
  const plain = (rows: readonly object[]) => rows.map((row) => ({ ...row }));
  return {
    summaries: plain(await domain.viewOf(Summary).all()),
    branches: plain(await domain.viewOf(Branch).all()),
    states: plain(await domain.viewOf(AccountStates).all()),
  };
}

describe("the rows of projections", () => {
  it("are the same in both modes, in batches of any size, and in a fold in memory", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(STEP, { maxLength: 40 }), fc.integer({ min: 1, max: 12 }), async (history, batch) => {
        const config = { subscriptions: { batch } };
        const inline = dashboard({ mode: "inline", config });
        await inline.domain.init();
        await play(inline, history);

        const eventStore = new MemoryEventStore();
        const written = dashboard({ eventStore, config });
        await written.domain.init();
        await play(written, history);
        await written.domain.close();
        const later = dashboard({ eventStore, mode: "inline", config });
        await later.domain.init();

        const expected = folded(history);
        expect(await rowsOf(inline)).toEqual(expected);
        expect(await rowsOf(later)).toEqual(expected);
        await Promise.all([inline.domain.close(), later.domain.close()]);
      }),
      { numRuns: 60 },
    );
  });
});
