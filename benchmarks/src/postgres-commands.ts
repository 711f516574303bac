import { CountingProxy } from "@tidemark/testing/postgres-server";

import { openBank } from "./bank";
import { type Depositor, handWrittenDepositor, tidemarkDepositor } from "./depositors";
import { type Contender, interleaved, type Measurement } from "./interleaved";
import { besideHandWritten, printRates } from "./postgres-contenders";
import { inDatabase } from "./postgres-database";

const STREAM_LENGTH = 20;
const ROUNDS = 9;

interface Workload {
  readonly writers: number;
  readonly commandsEach: number;
  /** Whether all write to one account, and try again after a conflict. */
  readonly isContended?: boolean;
}

const WORKLOADS: Readonly<Record<string, Workload>> = {
  "one after the other": { writers: 1, commandsEach: 300 },
  "32 on 32 accounts": { writers: 32, commandsEach: 20 },
  "16 on one, with retry": { writers: 16, commandsEach: 12, isContended: true },
};

/** Commands on PostgreSQL that load a stream of 20 events and append one, beside hand-written loops over `pg`. */
export async function postgresCommands(): Promise<void> {
  await inDatabase(async (url) => {
    await besideHandWritten(url, async ({ domain, sameIndexes, oneIndex }) => {
      const depositors = [tidemarkDepositor(domain), handWrittenDepositor(sameIndexes), handWrittenDepositor(oneIndex)];
      const measured: Record<string, readonly Measurement[]> = {};
      for (const [name, workload] of Object.entries(WORKLOADS)) {
        const contenders = depositors.map((depositor) => working(depositor, name, workload));
        measured[name] = await interleaved(contenders, ROUNDS);
      }
      const title = `Commands on PostgreSQL: load ${STREAM_LENGTH} events, append one; median of ${ROUNDS}`;
      printRates(title, "commands/s", measured);
    });
    process.stdout.write(`Round trips of one command, counted on the wire: ${await roundTrips(url)}\n\n`);
  });
}

function working(depositor: Depositor, name: string, { writers, commandsEach, isContended }: Workload): Contender {
  let sample = 0;
  let accountIds: string[][] = [];
  return {
    operations: writers * commandsEach,
    prepare: async () => {
      const prefix = `${name.replaceAll(" ", "_")}-${sample++}`;
      const idsOf = (writer: number) => Array.from({ length: commandsEach }, (_, n) => `${prefix}-${writer}-${n}`);
      // Every command finds a new account with as many events, except where they are meant to meet.
      accountIds = Array.from({ length: writers }, (_, writer) =>
        isContended ? Array<string>(commandsEach).fill(prefix) : idsOf(writer),
      );
      await depositor.open([...new Set(accountIds.flat())], STREAM_LENGTH);
    },
    sample: async () => {
      await Promise.all(
        accountIds.map(async (ids) => {
          for (const id of ids) await (isContended ? depositor.depositPersistently(id) : depositor.deposit(id));
        }),
      );
    },
  };
}

async function roundTrips(url: string): Promise<number> {
  const proxy = await CountingProxy.before(url);
  const domain = await openBank({ provider: "postgres", url: proxy.url });
  try {
    const depositor = tidemarkDepositor(domain);
    await depositor.open(["counted"], STREAM_LENGTH);
    const before = proxy.roundTrips;
    await depositor.deposit("counted");
    return proxy.roundTrips - before;
  } finally {
    await domain.close();
    await proxy.close();
  }
}
