import { deepEqual, equal, match, ok } from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";

import type { Domain } from "@tidemark/core";
import type { CommandQueue, EventStoreAdapter } from "@tidemark/core/adapter";

import { runJobs } from "../later/jobs-under-test";
import { testRunner } from "../test-runner";
import type { CrashConformance } from "./crash-conformance";
import { killWhilePrinting } from "./kill-while-printing";
import { LEASE } from "./run-jobs-until-killed";

/** No process lives longer, whatever it prints. */
const MOST_LINES = 40;

/**
 * Declares a test for stores that are durable and keep operations: processes are killed at random moments while they put commands into the
 * queue and carry them out. Each command that was acknowledged is carried out once. What `open` starts calls `runJobsUntilKilled`.
 */
export function laterCrashConformance({ name, kills = 20, open }: CrashConformance): void {
  const { describe, it } = testRunner();

  describe(`commands that run later on ${name}, whose processes are killed`, () => {
    it(`are carried out once, ${kills} times`, async () => {
      const store = await open();
      try {
        const acknowledged = new Set<string>();
        for (let kill = 0; kill < kills; kill++)
          await killWhilePrinting(store.start(), { mostLines: MOST_LINES, onLine: (id) => acknowledged.add(id) });
        await check(await store.reopen(), acknowledged);
      } finally {
        await store.dispose();
      }
    });
  });
}

async function check(adapter: EventStoreAdapter, acknowledged: ReadonlySet<string>): Promise<void> {
  const { domain, queue } = await runJobs(adapter, {
    config: { server: { embedded: false }, subscriptions: { lease: LEASE } },
  });
  try {
    const server = await domain.serve();
    // The claims of the last process have to run out.
    const isWaiting = async () => (await queue.counts()).some(({ state }) => state === "waiting");
    while (await isWaiting()) await pause(50);
    await retryParked(domain, queue);
    while (await isWaiting()) await pause(50);
    await server.close();
    const states = (await queue.counts()).map(({ state }) => state);
    deepEqual(states, ["done"], "the states of commands");
    const paid = new Map<string, number>();
    for await (const { metadata } of domain.eventStore.readCategory("jobs::till")) {
      const id = metadata.causationId as string;
      paid.set(id, (paid.get(id) ?? 0) + 1);
    }
    deepEqual(
      [...paid].filter(([, count]) => count !== 1),
      [],
      "commands that were carried out more than once",
    );
    for (const id of acknowledged) {
      const { command } = await domain.commandHandle(id).status();
      const { amount } = command as { readonly amount: number };
      equal(paid.get(id) ?? 0, amount > 0 ? 1 : 0, `the events of command ${id}`);
    }
    ok(acknowledged.size > 0, "no command was acknowledged");
  } finally {
    await domain.close();
    await adapter.close();
  }
}

/** Does what an operator does: a command that was under way in several processes when they were killed is suspected of having ended them. */
async function retryParked(domain: Domain, queue: CommandQueue): Promise<void> {
  for (const { id, outcome = "" } of await queue.list({ states: ["parked"], limit: 1_000 })) {
    match(outcome, /workers had begun it again and ended/);
    await domain.retryCommand(id);
  }
}
