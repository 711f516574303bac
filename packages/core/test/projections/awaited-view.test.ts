import { MemoryEventStore } from "../../src/index";
import { AwaitedView } from "../../src/projections/awaited-view";

type Parts = ConstructorParameters<typeof AwaitedView>[0];

const SUBSCRIPTION = "Summary.v2";

/** A view that waits for position 10 of a projection with two buckets, of which this process has the first. */
function waiting() {
  const { operations } = new MemoryEventStore();
  operations.subscriptions.layCheckpoints(
    [0, 1].map((bucket) => ({ subscription: SUBSCRIPTION, bucket, position: 0 })),
  );
  const listeners = new Set<() => void>();
  const own = new Map([[0, 0]]);
  const failures: unknown[] = [];
  let reached = 0;
  let tell: () => void = () => undefined;
  const isReached = new Promise<void>((resolve) => (tell = resolve));
  const looks: string[] = [];
  const view = new AwaitedView({
    projection: { model: { name: "Summary", version: 2 } } as Parts["projection"],
    end: 10,
    store: {
      checkpoints(subscription) {
        looks.push(subscription);
        return operations.subscriptions.checkpoints(subscription);
      },
    },
    engine: {
      workers: new Map([[SUBSCRIPTION, { positions: own }]]) as unknown as Parts["engine"]["workers"],
      onMove(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
    reached: async () => {
      reached++;
      tell();
    },
    failed: (error) => failures.push(error),
  });
  return {
    view,
    failures,
    isReached,
    looks,
    reached: () => reached,
    listens: () => listeners.size > 0,
    /** The bucket of this process goes on. */
    move(position: number): void {
      own.set(0, position);
      for (const listener of [...listeners]) listener();
    },
    /** The bucket of another process goes on. */
    moveOther(to: number): void {
      operations.flush([{ kind: "moveCheckpoint", subscription: SUBSCRIPTION, bucket: 1, from: 0, to, generation: 0 }]);
    },
  };
}

describe("a view that waits for its version", () => {
  it("asks the store only when the buckets of this process are there", async () => {
    const { view, looks, move, listens } = waiting();
    move(9);
    await view.settled();
    expect(looks).toEqual([]);
    move(10);
    await view.settled();
    expect(looks).toEqual([SUBSCRIPTION]);
    await view.close();
    expect(listens()).toBe(false);
  });

  it("is there when the buckets of other processes are, too", async () => {
    const { view, reached, isReached, move, moveOther, listens } = waiting();
    move(12);
    await view.settled();
    expect(reached()).toBe(0);
    moveOther(10);
    await isReached;
    await view.settled();
    expect([reached(), listens()]).toEqual([1, false]);
    move(13);
    await view.settled();
    expect(reached()).toBe(1);
    await view.close();
  });

  it("looks no more once it is closed", async () => {
    const { view, looks, reached, move, moveOther } = waiting();
    moveOther(10);
    await view.close();
    move(10);
    await view.settled();
    expect([looks, reached()]).toEqual([[], 0]);
  });
});
