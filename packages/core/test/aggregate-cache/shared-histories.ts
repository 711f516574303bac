import fc from "fast-check";

import { type EventStoreAdapter, ValidationError } from "../../src/index";
import { IDS, OPENING, sharedAccounts } from "./shared-accounts";

const application = fc.nat(2);
const id = fc.constantFrom(...IDS);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("move" as const), application, id, amount: amount() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("move-above" as const), application, id, above: fc.nat(100) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("update" as const), application, id, amount: amount() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("load" as const), application, id }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("delete-snapshots" as const), application }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

function amount(): fc.Arbitrary<number> {
  return fc.integer({ min: -60, max: 60 });
}

/**
 * Three applications on one store, two with a cache and one with a cache of one: whatever they do in turn, each is
 * accepted, refused and answered as if there were no cache.
 *
 * @param open another application's adapter on the same store, each time.
 */
export async function cachesAreNotNoticed(
  openStore: () => { open(): EventStoreAdapter; dispose(): Promise<void> },
  numRuns: number,
): Promise<void> {
  const property = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
    const store = openStore();
    const applications = [];
    try {
      for (const cached of [10, 1, 10]) applications.push(await sharedAccounts(store.open(), { cached, retries: 3 }));
      const [first] = applications as [(typeof applications)[number]];
      for (const each of IDS) await first.domain.repositoryFor(first.Account).add(first.Account.open(each));
      const balances = new Map<string, number>(IDS.map((each) => [each, OPENING]));
      for (const each of steps) {
        const acting = applications[each.application] as (typeof applications)[number];
        expect([each, await outcomeOf(acting, each)]).toEqual([each, expected(each, balances)]);
      }
    } finally {
      for (const { domain } of applications) await domain.close();
      await store.dispose();
    }
  });
  await fc.assert(property, { numRuns, endOnFailure: false });
}

type Application = Awaited<ReturnType<typeof sharedAccounts>>;

/** The balance that the step answers with, or that it was refused. */
async function outcomeOf({ domain, Account, Move, MoveAbove }: Application, step: Step): Promise<number | string> {
  const accounts = domain.repositoryFor(Account);
  try {
    if (step.do === "delete-snapshots") return Math.min(await domain.snapshotsFor(Account).deleteAll(), 0);
    if (step.do === "load") return (await accounts.get(step.id)).balance;
    if (step.do === "update")
      return (await accounts.update(step.id, (account) => account.move(step.amount, "update"))).balance;
    if (step.do === "move") return await domain.process(new Move({ id: step.id, amount: step.amount, by: "move" }));
    const { id, above } = step;
    return await domain.process(new MoveAbove({ id, other: otherThan(id), above, by: "above" }));
  } catch (error) {
    if (error instanceof ValidationError) return "refused";
    throw error;
  }
}

/** The same by plain arithmetic, which moves the balances on. */
function expected(step: Step, balances: Map<string, number>): number | string {
  if (step.do === "delete-snapshots") return 0;
  const balance = balances.get(step.id) as number;
  const other = balances.get(otherThan(step.id)) as number;
  if (step.do === "load") return balance;
  const moved = balance + (step.do === "move-above" ? Math.max(other - step.above, 0) : step.amount);
  if (moved < 0) return "refused";
  balances.set(step.id, moved);
  return moved;
}

function otherThan(id: string): string {
  return id === IDS[0] ? IDS[1] : IDS[0];
}
