import { setTimeout as pause } from "node:timers/promises";

import type { Domain } from "@tidemark/core";

import { bank, MakeDeposit } from "../bank";
import { declareSummary } from "../bookkeepers/account-summary";
import type { Place } from "../program/place";
import { settingsOf } from "../tellers/open-teller";
import { accountIdOf } from "../workloads/write-in-turns";

/** What was seen while a projection was rebuilt. */
export interface RebuildSeen {
  readonly events: number;
  readonly ms: number;
  readonly stored: number;
  readonly reads: number;
  /** Reads that found another number of rows than there are. */
  readonly torn: number;
  /** Reads that found a row as it was before an earlier read. */
  readonly older: number;
  readonly longestReadMs: number;
  readonly missing: number;
  readonly residentMb: number;
}

const STORED_A_SECOND = 500;
const READERS = 8;
const LOOKED_AT = 100;

/** Rebuilds once, and looks. */
export async function seenWhileRebuilding(place: Place, rows: number): Promise<RebuildSeen> {
  const domain = bank({ event_store: settingsOf(place), snapshots: { mode: "manual" }, server: { embedded: false } });
  const summary = declareSummary(domain, { version: 1 });
  await domain.init();
  await domain.catchUp();
  const server = await domain.serve();
  const view = domain.viewOf(summary);
  const before = await balances(domain, summary);
  const paid = new Map<string, number>();
  let [stored, reads, torn, older, longestReadMs, residentMb] = [0, 0, 0, 0, 0, 0];
  let isDone = false;

  const write = async (): Promise<void> => {
    const begun = performance.now();
    while (!isDone) {
      const accountId = accountIdOf(stored % LOOKED_AT);
      await domain.process(new MakeDeposit({ accountId, amount: 1, reference: "load" }));
      paid.set(accountId, (paid.get(accountId) ?? 0) + 1);
      stored++;
      await pause(Math.max(0, begun + (stored / STORED_A_SECOND) * 1_000 - performance.now()));
    }
  };
  const read = async (reader: number): Promise<void> => {
    const seen = new Map<string, number>();
    while (!isDone) {
      const begun = performance.now();
      const accountId = accountIdOf((reads + reader) % LOOKED_AT);
      const { balance } = await view.get(accountId);
      if (reads % 50 === 0 && (await view.count()) !== rows) torn++;
      longestReadMs = Math.max(longestReadMs, performance.now() - begun);
      if (balance < (seen.get(accountId) ?? 0)) older++;
      seen.set(accountId, balance);
      reads++;
      await pause(1);
    }
  };
  const rebuild = async () => {
    try {
      return await domain.rebuildProjection(summary, {
        onProgress: () => (residentMb = Math.max(residentMb, process.memoryUsage().rss / 1e6)),
      });
    } finally {
      isDone = true;
    }
  };
  const [{ events, ms }] = await Promise.all([
    rebuild(),
    write(),
    ...Array.from({ length: READERS }, (_, n) => read(n)),
  ]);
  await server.close();
  await domain.catchUp();
  const after = await balances(domain, summary);
  let missing = 0;
  for (const [accountId, balance] of before)
    missing += Math.abs(balance + (paid.get(accountId) ?? 0) - (after.get(accountId) ?? 0));
  await domain.close();
  return { events, ms, stored, reads, torn, older, longestReadMs, missing, residentMb };
}

async function balances(domain: Domain, summary: ReturnType<typeof declareSummary>): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for await (const { accountId, balance } of domain.viewOf(summary).stream()) found.set(accountId, balance);
  return found;
}

process.on("message", ({ place, rows }: { readonly place: Place; readonly rows: number }) => {
  void seenWhileRebuilding(place, rows).then((seen) => {
    process.send?.(seen);
    process.disconnect();
  });
});
