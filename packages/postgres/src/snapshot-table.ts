import {
  type RecordedMessage,
  type SnapshotFilter,
  type StoredSnapshot,
  type StreamRef,
  snapshotMessage,
  type WriteSnapshotOptions,
} from "@tidemark/core";
import { DatabaseError } from "pg";

import { integerArray, textArray } from "./binary-arrays";
import { snapshotChecksum } from "./checksums";
import type { Connections, Parameter, Statement } from "./connections";
import { slotOf } from "./slot";
import { SNAPSHOT_COLUMNS, snapshotOf } from "./snapshot-rows";
import { unavailable } from "./unavailable";

const MAX_INTEGER = 2_147_483_647;
const DEADLOCK = "40P01";
const MAX_ATTEMPTS = 5;

/** The snapshots, in a table of their own beside the events. */
export class SnapshotTable {
  private readonly statements: ReturnType<typeof statementsFor>;

  constructor(
    private readonly connections: Connections,
    schema: string,
    private readonly description: string,
  ) {
    this.statements = statementsFor(schema);
  }

  async write(snapshot: StoredSnapshot, { keep, discard = [] }: WriteSnapshotOptions): Promise<void> {
    const { stream, category, version, schemaVersion, fingerprint, time, record, state } = snapshot;
    const text = typeof state === "string";
    await this.writeAgainAfterDeadlock([
      ...[stream, category, slotOf(snapshot), version, schemaVersion, fingerprint, time, record],
      ...[text ? state : null, text ? null : Buffer.from(state), snapshotChecksum(snapshot), keep],
      integerArray(discard.map((key) => key.version)),
      integerArray(discard.map((key) => key.schemaVersion)),
      textArray(discard.map((key) => key.fingerprint)),
    ]);
  }

  async version({ stream }: StreamRef): Promise<number> {
    const [row] = await this.connections.run("Cannot read", this.statements.version, [stream]);
    return row === undefined ? -1 : Number(row[0]);
  }

  async newestFirst(ref: StreamRef): Promise<readonly StoredSnapshot[]> {
    const rows = await this.connections.run("Cannot read", this.statements.newestFirst, [ref.stream]);
    return rows.map((row) => snapshotOf(ref, row));
  }

  async messages(
    ref: StreamRef,
    { from, limit }: { readonly from: number; readonly limit: number },
  ): Promise<readonly RecordedMessage[]> {
    const rows = await this.connections.run("Cannot read", this.statements.messages, [ref.stream, from, limit]);
    return rows.map((row) => snapshotMessage(snapshotOf(ref, row)));
  }

  async last(ref: StreamRef): Promise<RecordedMessage | undefined> {
    const [row] = await this.connections.run("Cannot read", this.statements.last, [ref.stream]);
    return row && snapshotMessage(snapshotOf(ref, row));
  }

  async delete({ category, stream, schemaVersionBelow = MAX_INTEGER }: SnapshotFilter): Promise<number> {
    const values = [category, stream ?? null, schemaVersionBelow];
    const [row] = await this.connections.run("Cannot delete from", this.statements.delete, values);
    return Number(row![0]);
  }

  async list(
    category: string,
    { after = "", limit }: { readonly after?: string; readonly limit: number },
  ): Promise<readonly string[]> {
    const rows = await this.connections.run("Cannot read", this.statements.list, [
      `${category}-`,
      `${category}.`,
      after,
      limit,
    ]);
    return rows.map(([stream]) => stream!);
  }

  /** Writers of one stream that drop each other's surplus may meet in a deadlock, which PostgreSQL ends by choosing one. */
  private async writeAgainAfterDeadlock(values: readonly Parameter[]): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.connections.perform(this.statements.write, values);
        return;
      } catch (error) {
        const again = error instanceof DatabaseError && error.code === DEADLOCK && attempt < MAX_ATTEMPTS;
        if (!again) throw unavailable("Cannot write to", this.description, error);
      }
    }
  }
}

function statementsFor(schema: string) {
  const snapshots = `${schema}.snapshots`;
  const newestFirst = "ORDER BY version DESC, schema_version DESC, time DESC";
  return {
    write: {
      name: "write_snapshot",
      // A statement does not see its own insert: the new version is counted among the kept ones by hand.
      text: `
        WITH kept AS MATERIALIZED (
          SELECT version FROM (
            SELECT version FROM ${snapshots} WHERE stream = $1 AND schema_version = $5 AND fingerprint = $6
            UNION SELECT $4::integer
          ) AS versions ORDER BY version DESC LIMIT $12
        ), written AS (
          INSERT INTO ${snapshots} (stream, category, slot, version, schema_version, fingerprint, time, record,
            state_text, state_bytes, checksum)
          SELECT $1, $2, $3::smallint, $4::integer, $5::integer, $6, $7::bigint, $8, $9, $10::bytea, $11::integer
          WHERE $4 IN (SELECT version FROM kept)
          ON CONFLICT (stream, version, schema_version, fingerprint) DO UPDATE SET time = excluded.time,
            record = excluded.record, state_text = excluded.state_text, state_bytes = excluded.state_bytes,
            checksum = excluded.checksum
        )
        DELETE FROM ${snapshots} s
        WHERE s.stream = $1 AND (s.version, s.schema_version, s.fingerprint) <> ($4, $5, $6) AND (
          s.schema_version = $5 AND s.fingerprint = $6 AND s.version NOT IN (SELECT version FROM kept)
          OR (s.version, s.schema_version, s.fingerprint) IN (
            SELECT * FROM unnest($13::integer[], $14::integer[], $15::text[])
          )
        )`,
    },
    version: {
      name: "snapshot_version",
      text: `SELECT version FROM ${snapshots} WHERE stream = $1 ORDER BY version DESC LIMIT 1`,
    },
    newestFirst: {
      name: "read_snapshots",
      text: `SELECT ${SNAPSHOT_COLUMNS} FROM ${snapshots} WHERE stream = $1 ${newestFirst}`,
    },
    last: {
      name: "last_snapshot",
      text: `SELECT ${SNAPSHOT_COLUMNS} FROM ${snapshots} WHERE stream = $1 ${newestFirst} LIMIT 1`,
    },
    messages: {
      name: "read_snapshot_stream",
      text: `SELECT ${SNAPSHOT_COLUMNS} FROM ${snapshots} WHERE stream = $1 AND version >= $2
        ORDER BY version, schema_version, time LIMIT $3`,
    },
    delete: {
      name: "delete_snapshots",
      text: `
        WITH deleted AS (
          DELETE FROM ${snapshots}
          WHERE category = $1 AND stream = coalesce($2, stream) AND schema_version < $3 RETURNING 1
        ) SELECT count(*) FROM deleted`,
    },
    list: {
      name: "list_snapshot_streams",
      text: `SELECT DISTINCT stream FROM ${snapshots} WHERE stream > $1 AND stream < $2 AND stream > $3 ORDER BY stream COLLATE "C" LIMIT $4`,
    },
  } satisfies Record<string, Statement>;
}
