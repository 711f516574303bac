import { deepEqual, rejects } from "node:assert/strict";

import { type AggregateOptions, Decimal } from "@tidemark/core";
import fc from "fast-check";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { openWallets, StoredWallets, type WalletChange, walletAfter } from "./wallets-under-test";

/** The same for every store, so that all of them answer the same histories. */
const SEED = 20_261_130;
const RUNS = 12;

const IDS = ["a", "b", "ä/💧"] as const;

type Change = readonly [id: (typeof IDS)[number], change: WalletChange];

const texts = fc.constantFrom("", "x", "Ann O'Neil", '{"a": 1}', "💧", "null");
const numbers = fc.oneof(
  fc.constantFrom(0, -0, 1, 0.1, -2.5, 1e15),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

const change: fc.Arbitrary<Change> = fc.tuple(
  fc.constantFrom(...IDS),
  fc.oneof(
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("open" as const), text: texts }) },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant("pay" as const), number: fc.integer({ min: -99, max: 99 }) }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("tag" as const), text: texts }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("limit" as const), number: fc.option(numbers) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("limit" as const) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("card" as const), text: fc.constantFrom("1", "2", "3") }) },
  ),
);

/** What somebody does to a row behind the back of the domain. */
const damage = fc.constantFrom("none", "removed", "holder", "tags", "mean") satisfies fc.Arbitrary<string>;

const history = fc.record({
  changes: fc.array(change, { minLength: 1, maxLength: 25, size: "max" }),
  damages: fc.tuple(damage, damage, damage),
  later: fc.array(change, { maxLength: 5 }),
});

/** Rows and events of aggregates that are stored as both agree, whatever happens to them. */
export function randomHistories(at: StoreUnderTest): void {
  const { it } = testRunner();
  let runs = 0;

  it("where events are the truth, rows are what the events give, before and after a repair", async () => {
    await check(
      fc.asyncProperty(history, async ({ changes, damages, later }) => {
        const wallets = await opened({ stored: "both", truth: "events" });
        await wallets.apply(changes);
        await wallets.areAs(changes);
        const damaged = await wallets.damage(damages);
        const found = await wallets.domain.verifyAggregate(wallets.Wallet);
        deepEqual([idsOf(found), found.differing], [damaged, damaged.length]);
        const repaired = await wallets.domain.verifyAggregate(wallets.Wallet, { repair: true });
        deepEqual([repaired.repaired, repaired.failed], [damaged.length, []]);
        await wallets.apply(later);
        await wallets.areAs([...changes, ...later]);
      }),
    );
  });

  it("where the state is the truth, events that tell everything give the rows, and nothing repairs them", async () => {
    await check(
      fc.asyncProperty(history, async ({ changes, damages, later }) => {
        const wallets = await opened({ stored: "both", truth: "state" });
        await wallets.apply([...changes, ...later]);
        await wallets.areAs([...changes, ...later]);
        const damaged = await wallets.damage(damages.map((each) => (each === "removed" ? "none" : each)));
        deepEqual(idsOf(await wallets.domain.verifyAggregate(wallets.Wallet)), damaged);
        await rejects(wallets.domain.verifyAggregate(wallets.Wallet, { repair: true }), { code: "INCORRECT_USAGE" });
        deepEqual(idsOf(await wallets.domain.verifyAggregate(wallets.Wallet)), damaged);
      }),
    );
  });

  async function opened(storage: AggregateOptions) {
    runs++;
    const name = `histories${runs}`;
    const wallets = await openWallets(at.adapter, { name, storage });
    const rows = new StoredWallets(at.adapter, `${name}_wallet_v1`);
    const repository = wallets.domain.repositoryFor(wallets.Wallet);
    return {
      ...wallets,
      apply: async (changes: readonly Change[]) => {
        for (const [id, each] of changes) await wallets.change(id, each);
      },
      /** Compares with a plain model what a load gives, and with the events what is stored. */
      areAs: async (changes: readonly Change[]) => {
        for (const id of IDS) {
          const expected = walletAfter(changes.filter(([of]) => of === id).map(([, each]) => each));
          const wallet = await repository.find(id);
          const cards = wallet && Array.from(wallet.cards, (card) => card.id);
          deepEqual(wallet && plain({ ...wallet, cards }), expected && plain(expected));
        }
        const { differing, differences, failed } = await wallets.domain.verifyAggregate(wallets.Wallet);
        deepEqual({ differing, differences, failed }, { differing: 0, differences: [], failed: [] });
      },
      /** @returns the ids whose rows are now other than they were. */
      damage: async (damages: readonly string[]): Promise<readonly string[]> => {
        const damaged: string[] = [];
        for (const [index, id] of IDS.entries()) {
          const kind = damages[index]!;
          if (kind === "none" || (await rows.row(id)) === undefined) continue;
          if (kind === "removed") await rows.remove(id);
          else await rows.alter(id, kind, DAMAGES[kind as keyof typeof DAMAGES]);
          damaged.push(id);
        }
        return damaged;
      },
    };
  }
}

/** Values that no history leads to. */
const DAMAGES = { holder: "Mallory", tags: '["stolen"]', mean: 0.123456789 };

function idsOf({ differences }: { readonly differences: readonly { readonly id: string }[] }): readonly string[] {
  return [...new Set(differences.map(({ id }) => id))];
}

/** No column keeps the sign of 0. */
function plain(state: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(state).map(([field, value]) => [
      field,
      value === 0 ? 0 : value instanceof Decimal ? String(value) : value,
    ]),
  );
}

async function check<T extends unknown[]>(property: fc.IAsyncProperty<T>): Promise<void> {
  const found = await fc.check(property, { numRuns: RUNS, seed: SEED });
  if (!found.failed) return;
  const { errorInstance, numRuns, counterexamplePath, counterexample } = found;
  const where = `Random history ${numRuns} of ${RUNS} (seed ${SEED}, path ${JSON.stringify(counterexamplePath)}), shortened: ${fc.stringify(counterexample)}`;
  throw new Error(`${where}.\n${errorInstance instanceof Error ? errorInstance.stack : String(errorInstance)}`);
}
