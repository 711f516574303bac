import fc from "fast-check";

/** What one step of a history does to one of a few accounts. */
export type Step = readonly [kind: "open" | "deposit" | "tag" | "erase" | "reopen", account: number, amount: number];

export const STEP: fc.Arbitrary<Step> = fc.tuple(
  fc.constantFrom("open", "deposit", "deposit", "tag", "erase", "reopen"),
  fc.nat(3),
  fc.nat(9),
);

/** Rows as a fold without any of the machinery gives them. */
export function foldedInMemory(history: readonly Step[]) {
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
