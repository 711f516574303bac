import { MemoryEventStore } from "../../src/index";
import { everyLoadEqualsTheReplay } from "./random-histories";

it("every load equals the full replay, through restarts, migrations and corruptions, on the memory store", async () => {
  const openStore = () => {
    const store = new MemoryEventStore();
    return { open: () => store, dispose: async () => undefined };
  };
  await everyLoadEqualsTheReplay(openStore, 300);
});
