import { MemoryEventStore } from "../../src/adapter";
import { bank } from "../fixtures/bank";

/** The files of this package between a call and the store, the outermost first: one for each function. */
function hops(stack: string | undefined): string[] {
  const files = (stack ?? "").split("\n").map((line) => /packages\/core\/src\/([^:]+)/.exec(line)?.[1]);
  return files.filter((file) => file !== undefined && !file.startsWith("ports/memory/")).reverse() as string[];
}

async function observedBank() {
  const store = new MemoryEventStore();
  const load = store.load.bind(store);
  const stacks: (string | undefined)[] = [];
  const { domain, Account, MakeDeposit } = bank({ eventStore: store, config: { snapshot_threshold: 0 } });
  await domain.init();
  await domain.repositoryFor(Account).add(Account.open("ACC-1", "Alice", 10, "1"));
  await domain.createSnapshot(Account, "1");
  store.load = (request) => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = Number.POSITIVE_INFINITY;
    stacks.push(new Error("here").stack);
    Error.stackTraceLimit = stackTraceLimit;
    return load(request);
  };
  return { domain, Account, MakeDeposit, stacks };
}

const LOAD = [
  "repository/event-sourced-repository.ts",
  "repository/live-aggregates.ts",
  "repository/live-aggregates.ts",
  "repository/event-sourced-repository.ts",
  "repository/event-sourced-repository.ts",
  "telemetry/observed-loads.ts",
  "loading/aggregate-loader.ts",
  "telemetry/observed-loads.ts",
  "loading/snapshot-finder.ts",
];

// docs/architecture.md shows both ways.
it("a load with its snapshot goes through nine functions on its way to the store", async () => {
  const { domain, Account, stacks } = await observedBank();
  await domain.repositoryFor(Account).get("1");
  expect(stacks.map(hops)).toEqual([LOAD]);
  await domain.close();
});

it("a command goes through eight functions on its way to its handler", async () => {
  const { domain, MakeDeposit, stacks } = await observedBank();
  await domain.process(new MakeDeposit({ accountId: "1", amount: 5 }));
  expect(stacks.map(hops)).toEqual([
    [
      "domain/domain.ts",
      "commands/command-processor.ts",
      "commands/pipeline.ts",
      "concurrency/conflict-retry.ts",
      "commands/pipeline.ts",
      "commands/pipeline.ts",
      "unit-of-work/units-of-work.ts",
      "commands/pipeline.ts",
      ...LOAD,
    ],
  ]);
  await domain.close();
});
