import { EntriesInHand, type HandledEntry } from "../../../src/commands/later/entries-in-hand";
import { QueueClock } from "../../../src/commands/later/queue-clock";
import { systemClock } from "../../../src/elements/clock";
import type { ClaimedEntry, CommandQueue } from "../../../src/ports/command-queue";

/** Hands with two places, whose commands end when the test says so. */
function twoPlaces({ claimMs = 60_000 } = {}) {
  const begun: HandledEntry[] = [];
  const ends = new Map<string, () => void>();
  const released: string[] = [];
  const ended: string[] = [];
  const queue = {
    release: (_: string, ids: readonly string[]) => void released.push(...ids),
    extend: ({ ids }: { readonly ids: readonly string[] }) => ids,
  };
  const hands = new EntriesInHand({
    queue: () => queue as unknown as CommandQueue,
    worker: "w",
    claimMs,
    clock: new QueueClock(systemClock),
    concurrencyOf: () => 2,
    carryOut: async (handled) => {
      begun.push(handled);
      await new Promise<void>((resolve) => ends.set(handled.entry.id, resolve));
    },
    ended: ({ id }, tookMs) => void ended.push(tookMs === undefined ? `${id} without a place` : id),
  });
  const take = (...ids: string[]) => {
    for (const id of ids) hands.take({ id, lane: "default" } as ClaimedEntry);
  };
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return { hands, take, turn, ends, released, ended, begun: () => begun.map(({ entry }) => entry.id) };
}

describe("what a worker has in hand", () => {
  it("begins as far as there are places, and goes on with the next one when one ends", async () => {
    const { hands, take, turn, ends, ended, begun } = twoPlaces();
    take("a", "b", "c", "d");
    expect([begun(), hands.countOf("default")]).toEqual([["a", "b"], 4]);
    ends.get("b")!();
    await turn();
    expect([begun(), ended, hands.countOf("default")]).toEqual([["a", "b", "c"], ["b"], 3]);
  });

  it("is given back at the end where it has not begun", async () => {
    const { hands, take, ends, released, ended, begun } = twoPlaces();
    take("a", "b", "c");
    const isDone = hands.end(60_000);
    await Promise.resolve();
    expect(released).toEqual(["c"]);
    ends.get("a")!();
    ends.get("b")!();
    expect(await isDone).toBe(true);
    expect([begun(), ended, released]).toEqual([["a", "b"], ["a", "b", "c without a place"], ["c"]]);
  });

  it("is given back where it has waited for a place for long", async () => {
    const { hands, take, turn, ends, released, begun } = twoPlaces({ claimMs: 30 });
    take("a", "b", "c");
    while (released.length === 0) await turn();
    expect([released, hands.countOf("default")]).toEqual([["c"], 2]);
    // The same worker may have it again.
    take("c");
    for (const id of ["a", "b"]) ends.get(id)!();
    await turn();
    expect([begun(), hands.countOf("default")]).toEqual([["a", "b", "c"], 1]);
    ends.get("c")!();
    expect(await hands.end(0)).toBe(true);
  });
});
