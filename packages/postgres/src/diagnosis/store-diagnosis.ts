import { DomainError } from "@tidemark/core";
import type { Diagnosis } from "@tidemark/core/adapter";
import type { Client } from "pg";

import type { Connections } from "../connections";
import type { PostgresSettings } from "../settings";
import { type ClockReading, clock } from "./clock";
import { durability, precautions } from "./durability";
import { look, type Readable } from "./look";
import { openTransactions } from "./open-transactions";
import { pooler } from "./pooler";
import { positions } from "./positions";
import { connections, encoding, schemaVersion, serverVersion } from "./server";
import { primary, session } from "./session";
import { standbys } from "./standbys";

const ATTEMPTED = "Cannot diagnose";

/** Looks for what endangers the events of a store, on connections as its commands have them, in two round trips. */
export class StoreDiagnosis {
  constructor(
    private readonly connections: Connections,
    private readonly settings: PostgresSettings,
  ) {}

  /** @throws StoreUnavailableError */
  async diagnose(): Promise<readonly Diagnosis[]> {
    const client = await this.#connection();
    try {
      return await this.#diagnosed(client);
    } catch (error) {
      throw error instanceof DomainError ? error : this.connections.unavailable(ATTEMPTED, error);
    } finally {
      void client.end().catch(() => undefined);
    }
  }

  /** A standby is a finding, and no reason to say no more. */
  #connection(): Promise<Client> {
    return this.connections.dedicated(ATTEMPTED, { mayBeStandby: true });
  }

  async #diagnosed(client: Client): Promise<readonly Diagnosis[]> {
    const { schema, poolSize, statementTimeoutMs } = this.settings;
    const { pid, readable, reading } = await greet(client, schema);
    const facts = await look(client, schema, { migrations: false, events: false, ...readable });
    return [
      ...primary(facts),
      ...serverVersion(facts, new Date(reading.receivedMs)),
      ...encoding(facts),
      schemaVersion(facts, readable, schema),
      ...durability(facts),
      ...standbys(facts),
      ...positions(facts, schema),
      openTransactions(facts),
      await pooler(client, pid, () => this.#connection()),
      ...session(facts, statementTimeoutMs),
      clock(reading),
      ...connections(facts, { poolSize }),
      ...precautions(facts),
    ];
  }
}

/** What the first round trip tells. */
interface Greeting {
  readonly pid: number;
  /** A table that does not exist is absent. */
  readonly readable: Partial<Readable>;
  readonly reading: ClockReading;
}

/** Asks for little, so that the time that the answer takes says when the server's clock was read. */
async function greet(client: Client, schemaName: string): Promise<Greeting> {
  const sentMs = Date.now();
  const { rows } = await client.query<{ pid: number; ms: string; readable: Partial<Readable> }>(`
    SELECT pg_backend_pid() AS pid, extract(epoch FROM clock_timestamp()) * 1000 AS ms, coalesce((
      SELECT json_object_agg(c.relname, has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT'))
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = '${schemaName}' AND c.relname IN ('migrations', 'events')
    ), '{}') AS readable`);
  const receivedMs = Date.now();
  const { pid, ms, readable } = rows[0]!;
  return { pid, readable, reading: { serverMs: Number(ms), sentMs, receivedMs } };
}
