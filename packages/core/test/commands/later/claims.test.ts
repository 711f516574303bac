import { Claims } from "../../../src/commands/later/claims";
import { QueueClock } from "../../../src/commands/later/queue-clock";
import { systemClock } from "../../../src/elements/clock";
import type { CommandQueue, QueueClaim } from "../../../src/ports/command-queue";

function claims(limits: readonly number[], clock = systemClock) {
  const made: QueueClaim[] = [];
  const queue = {
    claim: (claim: QueueClaim) => {
      made.push(claim);
      return [];
    },
  } as unknown as CommandQueue;
  const claiming = new Claims({
    queue: () => queue,
    worker: "w",
    claimMs: 5,
    clock: new QueueClock(clock),
    lane: "mail",
  });
  return Promise.all(limits.map((limit) => claiming.take(limit))).then(() => made);
}

describe("claims of commands", () => {
  it("give a quarter of the places to the oldest, however few places each claim is for", async () => {
    const oldest = async (...limits: number[]) => (await claims(limits)).map((claim) => claim.oldest);
    expect(await oldest(8)).toEqual([2]);
    expect(await oldest(1, 1, 1, 1, 1)).toEqual([0, 0, 0, 1, 0]);
    expect(await oldest(3, 3, 3, 3)).toEqual([0, 1, 1, 1]);
  });

  it("are judged by the clock that the domain was given, or else by that of the store", async () => {
    expect(await claims([1])).toEqual([{ worker: "w", lanes: ["mail"], limit: 1, oldest: 0, claimMs: 5 }]);
    const [claim] = await claims([1], { now: () => new Date(7) });
    expect(claim?.now).toBe(7);
  });
});
