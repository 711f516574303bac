import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { historicBalance } from "../bank";
import type { BookkeeperOptions } from "../bookkeepers/bookkeeper";
import { openBookkeeper } from "../bookkeepers/open-bookkeeper";
import { type Place, STORES } from "../program/place";
import type { Workload } from "../program/workload";
import { AMOUNT } from "../tellers/teller";

const ACCOUNTS = 100;
const STREAM_LENGTH = 20;
const [WARM_UP, COMMANDS] = [500, 1_000];
const TABLE: BookkeeperOptions = { version: 1, isIndexed: false };

/** From the end of a command to the answer that has the row with its event, in the process that serves. */
export const visibleRow = visible("visible-row", "from commit to visible row", STORES, false);

/** The same while another process serves: the row is read again and again until it has changed. */
export const visibleRowFromAfar = visible(
  "visible-row-from-afar",
  "from commit to visible row, other process",
  ["postgres"],
  true,
);

function visible(name: string, title: string, stores: Workload["stores"], isFar: boolean): Workload {
  return {
    name,
    title,
    unit: "ms",
    better: "less",
    stores,
    variants: [50, 99].map((percentile) => ({ title: percentile === 50 ? "median" : "p99", size: percentile })),
    measure: async (place, { size: percentile }) => {
      const bookkeeper = await openBookkeeper(place, TABLE);
      const stopServer = isFar ? await serveElsewhere(place) : undefined;
      try {
        if (!isFar) await bookkeeper.serve();
        const { teller } = bookkeeper;
        const accountIds = Array.from({ length: ACCOUNTS }, (_, number) => `${place.round}-${number}`);
        await teller.open(accountIds, STREAM_LENGTH);
        const waits: number[] = [];
        for (let number = 0; number < WARM_UP + COMMANDS; number++) {
          const accountId = accountIds[number % ACCOUNTS]!;
          const expected = historicBalance(STREAM_LENGTH) + AMOUNT * (1 + Math.floor(number / ACCOUNTS));
          const deposit = teller.deposit(accountId);
          if (deposit instanceof Promise) await deposit;
          const began = performance.now();
          const answer = isFar ? bookkeeper.rowFromAfar(accountId, expected) : bookkeeper.currentRow(accountId);
          const { balance } = answer instanceof Promise ? await answer : answer;
          const waited = performance.now() - began;
          if (balance !== expected) throw new Error(`the row has ${balance} instead of ${expected}`);
          if (number >= WARM_UP) waits.push(waited);
        }
        return waits.sort((a, b) => a - b)[Math.floor((COMMANDS * percentile) / 100)]!;
      } finally {
        await stopServer?.();
        await bookkeeper.close();
      }
    },
  };
}

/** Starts a process that keeps the same table. @returns a function that ends it. */
async function serveElsewhere(place: Place): Promise<() => Promise<void>> {
  const child = fork(join(__dirname, "../bookkeepers/serve-elsewhere.js"), {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const ended = once(child, "exit");
  child.send({ place, options: TABLE });
  await once(child, "message");
  return async () => {
    child.disconnect();
    await ended;
  };
}
