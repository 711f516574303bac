import { setImmediate } from "node:timers/promises";

import { newAggregateId, uuidGenerator, withAggregateIds } from "../../src/elements/id-generator";

const UUID_7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const named = (name: string) => ({ next: () => name });

describe("newAggregateId", () => {
  it("is a UUID of version 7 where no generator is in force", () => {
    expect(newAggregateId()).toMatch(UUID_7);
  });

  it("comes from the generator in force, across awaits, for the one that runs beside it from another", async () => {
    const ids = async (name: string) =>
      await withAggregateIds(named(name), async () => {
        const before = newAggregateId();
        await setImmediate();
        return [before, newAggregateId()];
      });
    expect(await Promise.all([ids("a"), ids("b")])).toEqual([
      ["a", "a"],
      ["b", "b"],
    ]);
  });

  it("comes from the innermost, the default included", () => {
    withAggregateIds(named("outer"), () => {
      expect(withAggregateIds(named("inner"), newAggregateId)).toBe("inner");
      expect(withAggregateIds(uuidGenerator, newAggregateId)).toMatch(UUID_7);
      expect(newAggregateId()).toBe("outer");
    });
  });
});
