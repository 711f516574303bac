import { MemoryEventStore, memoryProvider } from "@tidemark/core/adapter";
import {
  aggregateUpkeepConformance,
  commandConformance,
  type EventStoreConformance,
  eventStoreConformance,
  factConformance,
  followConformance,
  laterConformance,
  migrationConformance,
  processConformance,
  projectionConformance,
  selectionConformance,
  snapshotConformance,
  stateConformance,
  subscriptionConformance,
  uniqueConformance,
} from "@tidemark/testing/conformance";

const memory: EventStoreConformance = {
  name: "the memory event store",
  abilities: { durable: false, sharedByProcesses: false, detectsDamage: false },
  open: async () => {
    const adapter = new MemoryEventStore();
    return { adapter, reopen: async () => adapter, dispose: async () => adapter.close() };
  },
};

eventStoreConformance(memory);
snapshotConformance(memory);
factConformance(memory);
migrationConformance(memory);
followConformance(memory);
aggregateUpkeepConformance(memory);
commandConformance(memory);
projectionConformance(memory);
selectionConformance(memory);
laterConformance(memory);
processConformance(memory);
subscriptionConformance(memory);
stateConformance(memory);
uniqueConformance(memory);

describe("memoryProvider", () => {
  it("takes no settings", () => {
    expect(memoryProvider.settings.safeParse({}).success).toBe(true);
    expect(memoryProvider.settings.safeParse({ path: "x" }).success).toBe(false);
  });

  it("makes a new store each time", async () => {
    const [one, other] = [memoryProvider.create(), memoryProvider.create()];
    const messages = [{ id: "a", type: "A", time: 0, data: "{}", metadata: "{}" }];
    await one.log.append([{ stream: "account-1", category: "account", messages }]);
    expect(other.log.readAll({ after: 0, limit: 10 }).messages).toEqual([]);
  });
});
