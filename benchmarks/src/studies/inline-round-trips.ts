import { CountingProxy } from "@tidemark/testing/postgres-server";

import { inDatabase } from "../postgres-database";
import { figure, printTable } from "../result-table";
import { PLAIN, WITH_INLINE_ROWS } from "../tellers/teller";
import { TidemarkTeller } from "../tellers/tidemark-teller";

const [ACCOUNTS, COMMANDS] = [20, 200];
const STREAM_LENGTH = 20;

/** How often a command waits for PostgreSQL, by the messages on the wire, without and with an inline projection. */
export async function inlineRoundTrips(): Promise<void> {
  await inDatabase(async (url) => {
    const rows: string[][] = [];
    for (const [title, options] of Object.entries({ without: PLAIN, with: WITH_INLINE_ROWS })) {
      const proxy = await CountingProxy.before(url);
      const teller = await TidemarkTeller.open({ provider: "postgres", url: proxy.url }, options);
      const accountIds = Array.from({ length: ACCOUNTS }, (_, number) => `${title}-${number}`);
      await teller.open(accountIds, STREAM_LENGTH);
      // The connections are made, and the statements prepared, before anything counts.
      for (const accountId of accountIds) await teller.deposit(accountId);
      const before = proxy.roundTrips;
      for (let command = 0; command < COMMANDS; command++) await teller.deposit(accountIds[command % ACCOUNTS]!);
      rows.push([title, figure((proxy.roundTrips - before) / COMMANDS, 2)]);
      await teller.close();
      await proxy.close();
    }
    printTable("Round trips of a command on PostgreSQL", ["inline projection", "round trips"], rows);
  });
}
