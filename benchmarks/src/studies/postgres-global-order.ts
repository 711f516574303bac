import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { StoreUnavailableError } from "@tidemark/core";
import { PostgresEventStore } from "@tidemark/postgres";
import { Client } from "pg";

import { inDatabase } from "../postgres-database";

const EVENTS = 100_000;

/**
 * Follows the global order while 8 and then 32 writers append, some of whose transactions commit late or roll back, with
 * an idle transaction open on another table all the time. Beside it a hand-written reader goes by `global_position > last`.
 */
export async function postgresGlobalOrder(): Promise<void> {
  await inDatabase(async (url) => {
    for (const writers of [8, 32]) process.stdout.write(`${await followed(url, writers, EVENTS)}\n\n`);
  });
}

const SCHEMA = "tidemark_benchmark";
const STREAMS = 200;

/** Late commits hold a number back while others pass it; failing ones leave a gap for good. */
const DISTURBANCE = `
  CREATE FUNCTION ${SCHEMA}.disturb() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE chance float := random();
  BEGIN
    IF chance < 0.01 THEN PERFORM pg_sleep(random() * 0.02);
    ELSIF chance < 0.02 THEN RAISE EXCEPTION 'rolled back';
    END IF;
    RETURN NULL;
  END $$;
  CREATE CONSTRAINT TRIGGER disturbance AFTER INSERT ON ${SCHEMA}.events
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ${SCHEMA}.disturb();
`;

async function followed(url: string, writers: number, total: number): Promise<string> {
  const admin = new Client({ connectionString: url });
  const idle = new Client({ connectionString: url });
  const store = new PostgresEventStore({ url, schema: SCHEMA, poolSize: writers + 2 });
  await Promise.all([admin.connect(), idle.connect()]);
  try {
    await admin.query(`DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE`);
    await store.open();
    await admin.query(DISTURBANCE);
    await idle.query("BEGIN; CREATE TEMP TABLE elsewhere (n integer); INSERT INTO elsewhere VALUES (1)");
    return await follow(store, admin, writers, total);
  } finally {
    await store.close();
    await idle.end();
    await admin.query(`DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE`);
    await admin.end();
  }
}

async function follow(store: PostgresEventStore, naive: Client, writers: number, total: number): Promise<string> {
  const acknowledged = new Set<string>();
  let [rolledBack, left, writing] = [0, total, true];
  const write = async (): Promise<void> => {
    while (left > 0) {
      left--;
      const stream = `account-${Math.floor(Math.random() * STREAMS)}`;
      const message = { id: randomUUID(), type: "Benchmark.Noted.v1", time: Date.now(), data: "{}", metadata: "{}" };
      try {
        await store.log.append([{ stream, category: "account", messages: [message] }]);
        acknowledged.add(message.id);
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error;
        rolledBack++;
        left++;
      }
    }
  };

  const seen = new Set<string>();
  const positions = new Map<string, number>();
  const lags: number[] = [];
  let [doubled, outOfOrder] = [0, 0];
  const read = async (): Promise<void> => {
    for (let after = 0, last = false; ; ) {
      const { messages, upTo, atEnd } = await store.log.readAll({ after, limit: 1_000 });
      for (const { id, stream, position } of messages) {
        if (seen.has(id)) doubled++;
        if (position !== (positions.get(stream) ?? -1) + 1) outOfOrder++;
        seen.add(id);
        positions.set(stream, position);
      }
      after = upTo;
      if (writing) lags.push(acknowledged.size - seen.size);
      if (last && atEnd) return;
      last = !writing;
      if (atEnd) await sleep(1);
    }
  };

  let naiveSeen = 0;
  const readNaively = async (): Promise<void> => {
    for (let after = 0, last = false; ; ) {
      const text = `SELECT global_position FROM ${SCHEMA}.events WHERE global_position > $1 ORDER BY 1 LIMIT 1000`;
      const { rows } = await naive.query<{ global_position: string }>(text, [after]);
      naiveSeen += rows.length;
      after = Number(rows.at(-1)?.global_position ?? after);
      if (last && rows.length === 0) return;
      last = !writing;
      if (rows.length === 0) await sleep(1);
    }
  };

  const start = performance.now();
  const readers = [read(), readNaively()];
  await Promise.all(Array.from({ length: writers }, write));
  writing = false;
  const seconds = (performance.now() - start) / 1_000;
  await Promise.all(readers);

  lags.sort((a, b) => a - b);
  const missed = [...acknowledged].filter((id) => !seen.has(id)).length;
  return [
    `${writers} writers, ${acknowledged.size} events in ${seconds.toFixed(1)} s, ${rolledBack} rolled back:`,
    `  missed ${missed}, doubled ${doubled}, out of stream order ${outOfOrder}`,
    `  events behind while writing: median ${lags[lags.length >> 1]}, 99% ${lags[Math.floor(lags.length * 0.99)]}, most ${lags.at(-1)}`,
    `  the hand-written reader missed ${acknowledged.size - naiveSeen}`,
  ].join("\n");
}
