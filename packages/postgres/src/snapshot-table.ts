import type {
  SnapshotFilter,
  SnapshotStore,
  SnapshotWrite,
  StoredSnapshot,
  StreamPage,
  StreamRef,
} from "@tidemark/core";

import { integerArray, textArray } from "./binary-arrays";
import { snapshotChecksum } from "./checksums";
import type { Connections, Sharing, Statement } from "./connections";
import { LONGEST_SHARED, sharedSnapshotWrites } from "./shared-snapshot-writes";
import { slotOf } from "./slot";
import { SNAPSHOT_COLUMNS, snapshotOf } from "./snapshot-rows";

const MAX_INTEGER = 2_147_483_647;

/** The snapshots, in a table of their own beside the events. */
export class SnapshotTable implements SnapshotStore {
  private readonly statements: ReturnType<typeof statementsFor>;
  private readonly sharing: Sharing;

  constructor(
    private readonly connections: Connections,
    schema: string,
  ) {
    this.statements = statementsFor(schema);
    this.sharing = sharedSnapshotWrites(schema);
  }

  /** One after the other for now: the shared statement of several is for snapshots that nobody waits for together. */
  async write(writes: readonly SnapshotWrite[]): Promise<void> {
    for (const write of writes) await this.writeOne(write);
  }

  private async writeOne({ snapshot, keep, discard = [] }: SnapshotWrite): Promise<void> {
    const { stream, category, version, schemaVersion, fingerprint, time, record, state } = snapshot;
    const text = typeof state === "string";
    const values = [
      ...[stream, category, slotOf(snapshot), version, schemaVersion, fingerprint, time, record],
      ...[text ? state : null, text ? null : Buffer.from(state), snapshotChecksum(snapshot), keep],
      integerArray(discard.map((key) => key.version)),
      integerArray(discard.map((key) => key.schemaVersion)),
      textArray(discard.map((key) => key.fingerprint)),
    ];
    const mayShare = text && discard.length === 0 && record.length + state.length <= LONGEST_SHARED;
    const sharing = mayShare ? this.sharing : undefined;
    await this.connections.run("Cannot write to", this.statements.write, values, sharing);
  }

  async read(ref: StreamRef): Promise<readonly StoredSnapshot[]> {
    const rows = await this.connections.run("Cannot read", this.statements.newestFirst, [ref.stream]);
    return rows.map((row) => snapshotOf(ref, row));
  }

  async delete({ category, stream, schemaVersionBelow = MAX_INTEGER }: SnapshotFilter): Promise<number> {
    const values = [category, stream ?? null, schemaVersionBelow];
    const [row] = await this.connections.run("Cannot delete from", this.statements.delete, values);
    return Number(row![0]);
  }

  async listStreams(category: string, { after = "", limit }: StreamPage): Promise<readonly string[]> {
    const rows = await this.connections.run("Cannot read", this.statements.list, [
      `${category}-`,
      `${category}.`,
      after,
      limit,
    ]);
    return rows.map(([stream]) => stream!);
  }
}

function statementsFor(schema: string) {
  const snapshots = `${schema}.snapshots`;
  const newestFirst = "ORDER BY version DESC, schema_version DESC, time DESC";
  return {
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
          WHERE category = $1 AND stream = coalesce($2, stream) AND schema_version < $3 RETURNING 1
        ) SELECT count(*) FROM deleted`,
    },
    list: {
      name: "list_snapshot_streams",
      text: `SELECT DISTINCT stream FROM ${snapshots} WHERE stream > $1 AND stream < $2 AND stream > $3 ORDER BY stream LIMIT $4`,
    },
  } satisfies Record<string, Statement>;
}
