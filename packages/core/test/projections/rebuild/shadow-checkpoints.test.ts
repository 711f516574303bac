import { ShadowCheckpoints } from "../../../src/projections/rebuild/shadow-checkpoints";

const SUBSCRIPTION = "Rows.v1.rebuild";

function checkpointsAt(...positions: readonly number[]): ShadowCheckpoints {
  return new ShadowCheckpoints(
    positions.map((position, bucket) => ({ subscription: SUBSCRIPTION, bucket, position, generation: 3 })),
  );
}

describe("ShadowCheckpoints", () => {
  it("moves the buckets that are behind, and none that is further", () => {
    const checkpoints = checkpointsAt(10, 0, 10);
    expect([checkpoints.position, checkpoints.highest]).toEqual([0, 10]);
    const moves = checkpoints.moves([0, 1], 5);
    expect(moves).toEqual([
      { kind: "moveCheckpoint", subscription: SUBSCRIPTION, bucket: 1, from: 0, to: 5, generation: 3 },
    ]);
    checkpoints.moved(moves);
    expect([checkpoints.position, checkpoints.highest]).toEqual([5, 10]);
  });

  it("puts all of them back, or removes them, as they are now", () => {
    const expected = [0, 1].map((bucket) => ({ bucket, position: bucket, generation: 3 }));
    const checkpoints = checkpointsAt(0, 1);
    const replacement = { kind: "replaceCheckpoints", subscription: SUBSCRIPTION, expected };
    expect(checkpoints.replacement()).toEqual({ ...replacement, checkpoints: [] });
    expect(checkpoints.replacement(0)).toEqual({
      ...replacement,
      checkpoints: [
        { bucket: 0, position: 0 },
        { bucket: 1, position: 0 },
      ],
    });
  });
});
