import { allOf, anyOf, every, interval, type SnapshotStrategy } from "../../../src/index";
import { context } from "./context";

const yes: SnapshotStrategy = () => true;
const no: SnapshotStrategy = () => false;

describe("anyOf and allOf", () => {
  it("are due when one strategy is, and when all are", () => {
    const pairs = [
      [yes, no],
      [no, yes],
      [yes, yes],
      [no, no],
    ] as const;
    expect(pairs.map((pair) => anyOf(...pair)(context()))).toEqual([true, true, true, false]);
    expect(pairs.map((pair) => allOf(...pair)(context()))).toEqual([false, false, true, false]);
  });

  it("nest, with the same context for each", () => {
    const due = anyOf(every(100), allOf(every(10), interval({ hours: 1 })));
    const contexts = [
      context({ eventsSince: 100, msSince: 0 }),
      context({ eventsSince: 10, msSince: 3_600_000 }),
      context({ eventsSince: 9, msSince: 3_600_000 }),
      context({ eventsSince: 10, msSince: 0 }),
    ];
    expect(contexts.map(due)).toEqual([true, true, false, false]);
  });

  it("refuse no strategies, and what is none", () => {
    for (const [name, join] of Object.entries({ anyOf, allOf })) {
      const untyped = join as (...strategies: unknown[]) => unknown;
      expect(() => untyped()).toThrow(`${name}() takes at least one strategy`);
      expect(() => untyped(every(1), 100)).toThrow(`${name}() takes strategies such as every(100), found 100`);
    }
  });
});
