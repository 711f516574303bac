import fc from "fast-check";

import { DomainError, StoreUnavailableError } from "../../src/index";
import { openBranch } from "./branch";
import type { Failure } from "./leaving-store";

/** What becomes of the calls of a run, one after the other; those behind the last are answered. */
const failures = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.constant(undefined) },
    { weight: 3, arbitrary: fc.constantFrom<Failure>("before", "lost", "after") },
  ),
  { maxLength: 120 },
);

/** Which account each writer pays into, one deposit after the other. */
const writers = fc.array(fc.array(fc.constantFrom("a", "b"), { minLength: 1, maxLength: 6 }), {
  minLength: 1,
  maxLength: 6,
});

const RUNS = 25;

// The pauses are those of a real outage: a run takes as long as its longest row of failures.
it("every acknowledged command is stored once, whatever goes away when, and none is reported as a conflict", async () => {
  await fc.assert(
    fc.asyncProperty(failures, writers, fc.boolean(), async (failing, all, isCached) => {
      const { domain, store, Open, Deposit, stored, accounts } = await openBranch({
        patienceMs: 60_000,
        config: { commands: { retries: 50 }, cache: { max_aggregates: isCached ? 100 : 0 } },
      });
      for (const accountId of ["a", "b"]) await domain.process(new Open({ accountId, name: accountId }));
      const left = [...failing];
      store.fails = () => left.shift();
      let amount = 0;
      const paid: string[] = [];
      await Promise.all(
        all.map(async (deposits) => {
          for (const accountId of deposits) {
            const deposit = new Deposit({ accountId, amount: ++amount });
            await domain.process(deposit);
            paid.push(`${accountId} ${deposit.amount}`);
          }
        }),
      );
      store.fails = () => undefined;
      expect([...(await stored())].sort()).toEqual([...paid].sort());
      for (const accountId of ["a", "b"]) {
        const sum = paid.reduce((total, one) => total + (one.startsWith(accountId) ? Number(one.slice(2)) : 0), 0);
        expect((await accounts.get(accountId)).balance).toBe(sum);
      }
      await domain.close();
    }),
    { numRuns: RUNS },
  );
}, 120_000);

it("a change of a row alone happens once where it is acknowledged, and at most once where nobody knows", async () => {
  await fc.assert(
    fc.asyncProperty(failures, fc.integer({ min: 1, max: 12 }), async (failing, commands) => {
      const { domain, store, Raise, Rule } = await openBranch({ config: { commands: { retries: 50 } } });
      await domain.process(new Raise({ ruleId: "r", by: 0 }));
      const left = [...failing];
      store.fails = () => left.shift();
      let [certain, possible] = [0, 0];
      for (let command = 0; command < commands; command++) {
        const by = 2 ** command;
        try {
          await domain.process(new Raise({ ruleId: "r", by }));
          certain += by;
        } catch (error) {
          // Neither a conflict nor any other refusal.
          expect(error).toBeInstanceOf(StoreUnavailableError);
          expect((error as DomainError).message).toContain("whether the first attempt was stored is not known");
          possible += by;
        }
      }
      store.fails = () => undefined;
      const { limit } = await domain.repositoryFor(Rule).get("r");
      // Each command is a bit of the sum.
      expect([limit & certain, limit & ~(certain | possible)]).toEqual([certain, 0]);
      await domain.close();
    }),
    { numRuns: RUNS },
  );
}, 120_000);
