import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { once } from "node:events";

import { NotRetryableError, StoreUnavailableError } from "@tidemark/core";
import type { EventStoreAdapter, OperationStores } from "@tidemark/core/adapter";

import type { StoreUnderTest } from "../event-store/store-under-test";
import { testRunner } from "../test-runner";
import { runTills } from "./tills-under-test";

export function failing(at: StoreUnderTest): void {
  const { it } = testRunner();

  it("are tried once more than their retries say, then stop before the event where they are to halt, with what came before kept", async () => {
    const attempts: string[] = [];
    let isRepaired = false;
    const call = (cents: number, { attempt }: { readonly attempt: number }) => {
      attempts.push(`${cents}: ${attempt}`);
      if (cents === 2 && !isRepaired) throw new Error("two is too much");
    };
    const { domain, payments, statusOf } = await runTills(at.adapter, {
      handlers: { counts: { retry: { attempts: 2 }, onFailure: "halt", call } },
    });
    await payments("a", 1, 2, 3);
    await rejects(domain.catchUp(), ({ message }: Error) => {
      match(
        message,
        /^Event handler counts has stopped: counts failed 3 times on event "Shop\.Paid\.v2" at global position 2/,
      );
      return /two is too much/.test(message);
    });
    deepEqual(attempts, ["1: 1", "2: 1", "2: 2", "2: 3"]);
    equal((await statusOf("counts")).position, 1);
    isRepaired = true;
    await domain.catchUp();
    deepEqual(attempts.slice(4), ["2: 1", "3: 1"]);
    await domain.close();
  });

  it("count their attempts anew after a success", async () => {
    const attempts: string[] = [];
    const call = (cents: number, { attempt }: { readonly attempt: number }) => {
      attempts.push(`${cents}: ${attempt}`);
      if (attempt < 3) throw new Error("not yet");
    };
    const { domain, payments } = await runTills(at.adapter, { handlers: { counts: { retry: { attempts: 2 }, call } } });
    await payments("a", 1, 2);
    await domain.catchUp();
    deepEqual(attempts, ["1: 1", "1: 2", "1: 3", "2: 1", "2: 2", "2: 3"]);
    await domain.close();
  });

  it("are not tried again after an error that says that it is of no use, and in a projection, whose methods are pure", async () => {
    let calls = 0;
    const call = () => {
      calls++;
      throw new NotRetryableError("the card is blocked");
    };
    const handled = await runTills(at.adapter, { handlers: { charges: { retry: { attempts: 5 }, call } } });
    await handled.payments("a", 1);
    const { parked: charges } = await handled.domain.catchUp();
    deepEqual(
      [charges[0]?.error.message, charges[0]?.attempts, charges[0]?.state],
      ["the card is blocked", 1, "parked"],
    );
    equal(calls, 1);
    await handled.domain.close();

    const folded: number[] = [];
    const onTaking = (cents: number) => {
      folded.push(cents);
      if (cents === 3) throw new RangeError("three is too much");
    };
    const projected = await runTills(at.adapter, { onTaking });
    await projected.payments("a", 2, 3, 4);
    const { parked } = await projected.domain.catchUp();
    deepEqual(
      parked.map(({ key, position, place }) => ({ key, position, place })),
      [{ key: "a", position: 3, place: "Takings.paid" }],
    );
    equal(folded.filter((cents) => cents === 3).length, 1);
    deepEqual(await projected.takings(), [{ tillId: "a", cents: 3, payments: 2 }]);
    deepEqual([(await projected.statusOf("Takings")).position, (await projected.statusOf("Takings")).parked], [4, 1]);
    await projected.domain.close();
  });

  it("spend no retries while the store cannot be reached", async () => {
    const attempts: number[] = [];
    let outages = 3;
    const { domain, payments, takings } = await runTills(at.adapter, {
      store: {
        operations: flushing(at.adapter, async (flush) => {
          if (outages-- > 0) throw unavailable("the store is away");
          await flush();
        }),
      },
      handlers: { counts: { retry: { attempts: 0 }, call: (_, { attempt }) => attempts.push(attempt) } },
    });
    await payments("a", 1, 2);
    await domain.catchUp();
    deepEqual(attempts, [1, 1]);
    deepEqual(await takings(), [{ tillId: "a", cents: 3, payments: 2 }]);
    await domain.close();
  });

  it("are not repeated where only the answer of the store was lost", async () => {
    const seen: number[] = [];
    let lost = 0;
    const { domain, payments, takings } = await runTills(at.adapter, {
      store: {
        operations: flushing(at.adapter, async (flush) => {
          await flush();
          if (lost++ < 2) throw unavailable("the answer was lost");
        }),
      },
      handlers: { counts: { call: (cents) => seen.push(cents) } },
    });
    await payments("a", 1, 2);
    await domain.catchUp();
    await payments("a", 3);
    await domain.catchUp();
    deepEqual(await takings(), [{ tillId: "a", cents: 6, payments: 3 }]);
    deepEqual(seen, [1, 2, 3]);
    await domain.close();
  });

  it("leave rows and checkpoint as they were where a flush is refused", async () => {
    let isRefused = true;
    const { domain, payments, takings, statusOf } = await runTills(at.adapter, {
      store: {
        operations: flushing(at.adapter, async (flush) => {
          if (isRefused) throw new Error("the disk is full");
          await flush();
        }),
      },
    });
    await payments("a", 1, 2);
    await rejects(domain.catchUp(), /the disk is full/);
    deepEqual([await takings(), (await statusOf("Takings")).position], [[], 0]);
    isRefused = false;
    await domain.catchUp();
    deepEqual([await takings(), (await statusOf("Takings")).position], [[{ tillId: "a", cents: 3, payments: 2 }], 2]);
    await domain.close();
  });

  it("are given up by their signal when their time is over, which counts as a failure", async () => {
    const ends: unknown[] = [];
    const { domain, payments } = await runTills(at.adapter, {
      handlers: {
        slow: {
          retry: { attempts: 0 },
          timeout: "1s",
          call: async (_, { signal }) => {
            await once(signal, "abort");
            ends.push(signal.aborted);
          },
        },
      },
    });
    await payments("a", 1);
    const { parked } = await domain.catchUp();
    deepEqual(
      parked.map(({ error }) => error.message),
      ["slow took more than 1000 ms"],
    );
    deepEqual(ends, [true]);
    await domain.close();
  });

  it("halt a projection before the event where it is to, and go on from it", async () => {
    let isRepaired = false;
    const { domain, payments, takings, statusOf } = await runTills(at.adapter, {
      config: { subscriptions: { Takings: { on_failure: "halt" } } },
      onTaking: (cents) => {
        if (cents === 3 && !isRepaired) throw new RangeError("three is too much");
      },
    });
    await payments("a", 2, 1, 3, 4);
    await rejects(domain.catchUp(), ({ message }: Error) => {
      return /^Projection Takings has stopped: Takings\.paid failed on event "Shop\.Paid\.v2"/.test(message);
    });
    deepEqual(await takings(), [{ tillId: "a", cents: 3, payments: 2 }]);
    equal((await statusOf("Takings")).position, 2);
    isRepaired = true;
    await domain.catchUp();
    deepEqual(await takings(), [{ tillId: "a", cents: 10, payments: 4 }]);
    await domain.close();
  });

  it("pass over an event where they are to skip it, once its retries are spent, and keep a record", async () => {
    const seen: string[] = [];
    const { domain, payments } = await runTills(at.adapter, {
      config: { subscriptions: { on_failure: "skip" } },
      handlers: {
        counts: {
          retry: { attempts: 1 },
          call: (cents, { attempt }) => {
            seen.push(`${cents}: ${attempt}`);
            if (cents === 2) throw new Error("two is too much");
          },
        },
      },
    });
    await payments("a", 1, 2, 3);
    deepEqual(await domain.catchUp(), { parked: [] });
    deepEqual(seen, ["1: 1", "2: 1", "2: 2", "3: 1"]);
    deepEqual(await domain.parked(), []);
    const skipped = await domain.skipped({ subscription: "counts" });
    deepEqual(
      skipped.map(({ position, attempts, error: { message } }) => ({ position, attempts, message })),
      [{ position: 2, attempts: 2, message: "two is too much" }],
    );
    await domain.close();
  });
}

/** The operations of a store with another way to flush. */
function flushing(
  { operations }: EventStoreAdapter,
  replaced: (flush: () => Promise<void>) => Promise<void>,
): Partial<OperationStores> {
  const stores = operations as OperationStores;
  return {
    flush: (all) => {
      // Preparing the store is no work of a subscription.
      if (!all.some(({ kind }) => kind === "moveCheckpoint")) return stores.flush(all);
      return replaced(async () => await stores.flush(all));
    },
  };
}

function unavailable(reason: string): StoreUnavailableError {
  return new StoreUnavailableError({ attempted: "flush", store: "the store under test", reason });
}
