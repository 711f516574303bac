import { MemoryEventStore } from "../../src/adapter";
import type { Operation } from "../../src/ports/operations";
import { HeldCheckpoint, inHand } from "../../src/subscriptions/holding/held-checkpoint";
import { StoreBreaker } from "../../src/subscriptions/holding/store-breaker";
import type { Change } from "../../src/subscriptions/reading/change";

const SUBSCRIPTION = "Recorder";

/** Two checkpoints of a subscription in the store, each in hand on its own. */
async function twoInHand() {
  const { operations } = new MemoryEventStore();
  const { subscriptions } = operations;
  await subscriptions.layCheckpoints([0, 1].map((bucket) => ({ subscription: SUBSCRIPTION, bucket, position: 0 })));
  let tell: () => void = () => undefined;
  const flush = async (all: readonly Change[]) => {
    await operations.flush(all as readonly Operation[]);
    tell();
  };
  const { signal: end } = new AbortController();
  const parts = { flush, subscriptions, subscription: SUBSCRIPTION, end, breaker: new StoreBreaker() };
  const stored = async () => (await subscriptions.checkpoints(SUBSCRIPTION)).map(({ position }) => position);
  return {
    parts,
    stored,
    each: (await subscriptions.checkpoints(SUBSCRIPTION)).map((one) => new HeldCheckpoint(parts, inHand([one]))),
    /** Resolves when the next flush is stored. */
    flushed: () => new Promise<void>((resolve) => (tell = resolve)),
  };
}

describe("a checkpoint in hand", () => {
  it("stores the position of buckets that it takes over, though nothing comes behind it", async () => {
    const { each, stored, flushed } = await twoInHand();
    const [one, other] = each as [HeldCheckpoint, HeldCheckpoint];
    await one.flush([], 5);
    other.pass(5);
    await one.absorb(other);
    await flushed();
    expect(await stored()).toEqual([5, 5]);
  });

  it("stores the position of buckets that part from it, though nothing comes behind it", async () => {
    const { parts, each, stored, flushed } = await twoInHand();
    const [one, other] = each as [HeldCheckpoint, HeldCheckpoint];
    await one.absorb(other);
    one.moveTo(3);
    const parted = new HeldCheckpoint(parts, await one.part([1]));
    await flushed();
    expect(await stored()).toEqual([0, 3]);
    expect(parted.position).toBe(3);
  });

  it("gives up the buckets that it has, and says which", async () => {
    const { each, stored } = await twoInHand();
    const [one, other] = each as [HeldCheckpoint, HeldCheckpoint];
    await one.absorb(other);
    one.moveTo(4);
    await one.part([1]);
    expect(await one.giveUp([0, 1])).toEqual([0]);
    expect(await stored()).toEqual([4, 0]);
    expect(one.buckets.size).toBe(0);
  });
});
