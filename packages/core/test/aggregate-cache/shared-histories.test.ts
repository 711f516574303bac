import { MemoryEventStore } from "../../src/index";
import { cachesAreNotNoticed } from "./shared-histories";

it("applications that share a store are answered as if they had no cache, in memory", async () => {
  await cachesAreNotNoticed(() => {
    const store = new MemoryEventStore();
    return { open: () => store, dispose: async () => undefined };
  }, 100);
});
