import type { Client } from "pg";

import { ReadOnlyServer } from "./unavailable";

/** What a server says of itself that takes writes. */
export interface Claim {
  /** Grows each time a standby becomes the primary. */
  readonly timeline: number;
  /** When the server was started: two hosts at which it is the same are two names of one server. */
  readonly startedAt: string;
}

/** Asks a server whether it takes writes. @throws ReadOnlyServer where it does not. */
export async function claimOf(client: Client): Promise<Claim> {
  const { rows } = await client.query<string[]>({ text: QUESTION, rowMode: "array" });
  const [isStandby, isReadOnly, startedAt, wal] = rows[0]!;
  if (isStandby === "true") throw standby();
  if (isReadOnly === "on")
    throw new ReadOnlyServer("the server is set to take no writes (default_transaction_read_only)");
  return { timeline: Number.parseInt(wal!.slice(0, TIMELINE_DIGITS), 16), startedAt: startedAt! };
}

/** Notes what the server reports on connecting. Returns a check that throws ReadOnlyServer for a standby; before version 14 none reports it. */
export function standbyCheck(client: Client): () => void {
  let isStandby = false;
  client.connection.on("parameterStatus", ({ parameterName, parameterValue }) => {
    if (parameterName === "in_hot_standby") isStandby = parameterValue === "on";
  });
  return () => {
    if (isStandby) throw standby();
  };
}

function standby(): ReadOnlyServer {
  return new ReadOnlyServer("the server is a standby, which takes no writes");
}

/** The name of a WAL file starts with its timeline. What the control file says of it is late: it is written at the next checkpoint. */
const TIMELINE_DIGITS = 8;
const QUESTION = `
  SELECT pg_is_in_recovery()::text, current_setting('transaction_read_only'), pg_postmaster_start_time()::text,
    CASE WHEN pg_is_in_recovery() THEN NULL ELSE pg_walfile_name(pg_current_wal_lsn()) END`;
