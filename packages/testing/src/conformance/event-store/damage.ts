import { deepEqual, equal, rejects } from "node:assert/strict";

import { testRunner } from "../test-runner";
import { collect, fill, numbers, ref } from "./sample-events";
import type { EventStoreConformance, StoreUnderTest } from "./store-under-test";

/** For stores that declare to detect damage and whose author says how to do some. */
export function damageOf(damage: NonNullable<EventStoreConformance["damage"]>): (at: StoreUnderTest) => void {
  return (at) => {
    const { it } = testRunner();
    const error = { code: "DESERIALIZATION_FAILED" };

    it("names stream and position of an altered event, and never answers wrong data", async () => {
      await fill(at.adapter, "account-1", 5);
      await fill(at.adapter, "account-2", 2);
      await damage(at.adapter, { stream: "account-1", position: 3 });
      const reads = [at.store.read("account-1"), at.store.readAll(), at.store.readCategory("account")];
      for (const read of reads) {
        await rejects(collect(read), ({ code, details }: { code: string; details: object }) => {
          const { stream, position } = details as { stream: string; position: number };
          deepEqual([code, stream, position], [error.code, "account-1", 3]);
          return true;
        });
      }
      await rejects(async () => at.adapter.load({ ...ref("account-1"), limit: 10 }), error);
      deepEqual(await numbers(at.store.read("account-2")), [0, 1]);
    });

    it("reports an altered event when it is verified", async () => {
      await fill(at.adapter, "account-1", 5);
      await damage(at.adapter, { stream: "account-1", position: 3 });
      const faults = (await collect(at.adapter.verify())).flatMap((page) => page.faults);
      deepEqual(
        faults.map(({ stream, position }) => [stream, position]),
        [["account-1", 3]],
      );
      equal(typeof faults[0]?.reason, "string");
    });
  };
}
