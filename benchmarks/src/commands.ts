import { join } from "node:path";

import type { Domain } from "@tidemark/core";

import { Account, historicEvent, MakeDeposit, openBank } from "./bank";
import { HandWrittenStore } from "./hand-written-store";
import { type Contender, interleaved } from "./interleaved";
import { figure, printTable } from "./result-table";
import { inTemporaryFolder } from "./temporary-folder";

const STREAM_LENGTH = 20;
const COMMANDS_A_SAMPLE = 400;
const ROUNDS = 11;

/**
 * Commands one after the other, each on a stream of 20 events, beside hand-written loops that flush as often: one on
 * a table with the same indexes, one that keeps none but its own.
 */
export async function commands(): Promise<void> {
  const rows: string[][] = [];
  for (const synchronous of ["full", "normal"] as const) {
    const [tidemark, sameIndexes, oneIndex] = await inTemporaryFolder(async (folder) => {
      await using domain = await openBank({ provider: "sqlite", path: join(folder, "tidemark.db"), synchronous });
      const stores = (["all", "one"] as const).map(
        (indexes) => new HandWrittenStore({ path: join(folder, `${indexes}.db`), synchronous, indexes }),
      );
      const measured = await interleaved([processing(domain), ...stores.map(looping)], ROUNDS);
      for (const store of stores) store.close();
      return measured;
    });
    if (tidemark === undefined || sameIndexes === undefined || oneIndex === undefined)
      throw new Error("a measurement is missing");
    const all = { Tidemark: tidemark, "hand-written, same indexes": sameIndexes, "hand-written, one index": oneIndex };
    for (const [name, { median, min, max }] of Object.entries(all)) {
      const share = (limit: number) => `${figure((100 * limit) / median, 0)} %`;
      rows.push([
        `${synchronous.padEnd(7)} ${name}`,
        rate(median),
        rate(max),
        rate(min),
        share(sameIndexes.median),
        share(oneIndex.median),
      ]);
    }
  }
  printTable(
    `Sequential commands on SQLite: load ${STREAM_LENGTH} events, append one; median of ${ROUNDS} × ${COMMANDS_A_SAMPLE}`,
    ["synchronous", "commands/s", "min", "max", "of same", "of one"],
    rows,
  );
}

function processing(domain: Domain): Contender {
  const ids = accountIds();
  let current: string[] = [];
  return {
    operations: COMMANDS_A_SAMPLE,
    prepare: async () => {
      current = ids();
      await domain.eventStore.append(
        current.map((id) => ({
          stream: domain.streamFor(Account, id),
          expectedVersion: -1,
          events: Array.from({ length: STREAM_LENGTH }, (_, position) => historicEvent(id, position)),
        })),
      );
    },
    sample: async () => {
      for (const accountId of current) {
        await domain.process(new MakeDeposit({ accountId, amount: 5, reference: "benchmark" }));
      }
    },
  };
}

function looping(store: HandWrittenStore): Contender {
  const ids = accountIds();
  let current: string[] = [];
  return {
    operations: COMMANDS_A_SAMPLE,
    prepare: async () => {
      current = ids();
      store.writeHistories(current, STREAM_LENGTH);
    },
    sample: () => {
      for (const accountId of current) store.deposit(accountId, 5, "benchmark");
    },
  };
}

/** New accounts for each sample, so that every command finds a stream of the same length. */
function accountIds(): () => string[] {
  let next = 0;
  return () => Array.from({ length: COMMANDS_A_SAMPLE }, () => `acc-${next++}`);
}

/** A second's worth of operations that take so many milliseconds. */
function rate(ms: number): string {
  return figure(1_000 / ms, 0);
}
