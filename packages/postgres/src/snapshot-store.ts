import { ExpectedVersionError } from "@tidemark/core";
import type {
  SnapshotFilter,
  SnapshotStore,
  SnapshotWrite,
  StoredSnapshot,
  StreamPage,
  StreamRef,
} from "@tidemark/core/adapter";

import { integerArray, textArray } from "./binary-arrays";
import { snapshotChecksum } from "./checksums";
import type { Connections } from "./connections";
import { asPosition } from "./event-rows";
import { refusalIn } from "./refused-operation";
import { LONGEST_SHARED, sharedSnapshotWrites } from "./shared-snapshot-writes";
import { slotOf } from "./slot";
import { SNAPSHOT_COLUMNS, snapshotOf } from "./snapshot-rows";
import { READ, WRITE } from "./unavailable";
import type { Call, Sharing, Statement } from "./work";

/** The snapshots, in a table of their own beside the events. */
export class PostgresSnapshotStore implements SnapshotStore {
  private readonly statements: ReturnType<typeof statementsFor>;
  private readonly sharing: Sharing;

  constructor(
    private readonly connections: Connections,
    schema: string,
  ) {
    this.statements = statementsFor(schema);
    this.sharing = sharedSnapshotWrites(schema);
  }

  async write(writes: readonly SnapshotWrite[]): Promise<void> {
    const [only] = writes;
    if (only === undefined) return;
    if (writes.length > 1 || only.expectedVersion !== undefined) return await this.writeTogether(writes);
    const { statement, values } = this.callFor(only);
    await this.connections.run(WRITE, statement, values, mayShare(only) ? this.sharing : undefined);
  }

  async read(ref: StreamRef): Promise<readonly StoredSnapshot[]> {
    const rows = await this.connections.run(READ, this.statements.newestFirst, [ref.stream]);
    return rows.map((row) => snapshotOf(ref, row));
  }

  async delete({ category, stream, schemaVersionBelow = Number.MAX_SAFE_INTEGER }: SnapshotFilter): Promise<number> {
    const values = [category, stream ?? null, schemaVersionBelow];
    const [row] = await this.connections.run("Cannot delete from", this.statements.delete, values);
    return Number(row![0]);
  }

  /** A category holds no `-`, so that the names from `<category>-` up to `<category>.` are its streams and no other's. */
  async listStreams(category: string, { after = "", limit }: StreamPage): Promise<readonly string[]> {
    const values = [`${category}-`, `${category}.`, after, limit];
    const rows = await this.connections.run(READ, this.statements.list, values);
    return rows.map(([stream]) => stream!);
  }

  /** Locks all streams in the order in which all writers wait for each other, checks their versions, then writes. */
  private async writeTogether(writes: readonly SnapshotWrite[]): Promise<void> {
    const streams = writes.map(({ snapshot }) => snapshot.stream);
    const expected = writes.map(({ expectedVersion = null }) => expectedVersion);
    const lock = {
      statement: this.statements.lock,
      values: [textArray(streams), integerArray(expected.map((version) => version && asPosition(version)))],
    };
    try {
      await this.connections.performAll([lock, ...writes.map((write) => this.callFor(write))]);
    } catch (error) {
      const refusal = refusalIn(error);
      if (refusal?.kind !== "snapshot") throw this.connections.unavailable(WRITE, error);
      const place = refusal.number - 1;
      const version = { expected: expected[place]!, actual: Number(refusal.version) };
      throw new ExpectedVersionError({ stream: streams[place]!, ...version });
    }
  }

  private callFor({ snapshot, keep, discard = [] }: SnapshotWrite): Call {
    const { stream, category, version, schemaVersion, fingerprint, time, record, state } = snapshot;
    const isText = typeof state === "string";
    const values = [
      ...[stream, category, slotOf(snapshot), version, schemaVersion, fingerprint, time, record],
      ...[isText ? state : null, isText ? null : Buffer.from(state), snapshotChecksum(snapshot), keep],
      integerArray(discard.map((key) => key.version)),
      integerArray(discard.map((key) => key.schemaVersion)),
      textArray(discard.map((key) => key.fingerprint)),
    ];
    return { statement: this.statements.write, values };
  }
}

function mayShare({ snapshot, discard = [] }: SnapshotWrite): boolean {
  const { record, state } = snapshot;
  return typeof state === "string" && discard.length === 0 && record.length + state.length <= LONGEST_SHARED;
}

function statementsFor(schema: string) {
  const snapshots = `${schema}.snapshots`;
  const newestFirst = "ORDER BY version DESC, schema_version DESC, time DESC";
  return {
    lock: { name: "lock_snapshots", text: `SELECT ${schema}.lock_snapshots($1, $2)` },
    write: {
      name: "write_snapshot",
      text: `SELECT ${schema}.write_snapshot($1, $2, $3::smallint, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    },
    newestFirst: {
      name: "read_snapshots",
      text: `SELECT ${SNAPSHOT_COLUMNS} FROM ${snapshots} WHERE stream = $1 ${newestFirst}`,
    },
    delete: {
      name: "delete_snapshots",
      text: `
        WITH deleted AS (
          DELETE FROM ${snapshots}
          WHERE category = $1 AND stream = coalesce($2, stream) AND schema_version < $3::bigint RETURNING 1
        ) SELECT count(*) FROM deleted`,
    },
    list: {
      name: "list_snapshot_streams",
      text: `SELECT DISTINCT stream FROM ${snapshots} WHERE stream > $1 AND stream < $2 AND stream > $3 ORDER BY stream LIMIT $4`,
    },
  } satisfies Record<string, Statement>;
}
