import {
  type Checkpoint,
  type MoveCheckpoint,
  type NewCheckpoint,
  type ReplaceCheckpoints,
  refusedCheckpoint,
  refusedReplacement,
} from "@tidemark/core/adapter";
import type { Database } from "./drivers/database";

/** How far subscriptions have read. */
export class Checkpoints {
  private readonly insert;
  private readonly select;
  private readonly selectOne;
  private readonly selectNames;
  private readonly raise;
  private readonly update;
  private readonly deleteAll;

  constructor(database: Database) {
    const columns = "subscription, bucket, position, generation";
    const one = "subscription = ? AND bucket = ?";
    this.insert = database.prepare<CheckpointRow>(
      `INSERT INTO checkpoints (${columns}) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    );
    this.select = database.rows<[string], CheckpointRow>(
      `SELECT ${columns} FROM checkpoints WHERE subscription = ? ORDER BY bucket`,
    );
    this.selectOne = database.rows<[string, number], CheckpointRow>(`SELECT ${columns} FROM checkpoints WHERE ${one}`);
    this.selectNames = database.values<[], string>(
      "SELECT DISTINCT subscription FROM checkpoints ORDER BY subscription",
    );
    this.raise = database.rows<[string, number], CheckpointRow>(
      `UPDATE checkpoints SET generation = generation + 1 WHERE ${one} RETURNING ${columns}`,
    );
    this.update = database.prepare<[number, string, number, number, number]>(
      `UPDATE checkpoints SET position = ? WHERE ${one} AND position = ? AND generation = ?`,
    );
    this.deleteAll = database.prepare<[string]>("DELETE FROM checkpoints WHERE subscription = ?");
  }

  lay(checkpoints: readonly NewCheckpoint[]): void {
    for (const { subscription, bucket, position } of checkpoints) this.insert.run(subscription, bucket, position, 0);
  }

  of(subscription: string): readonly Checkpoint[] {
    return Array.from(this.select.all(subscription), checkpointIn);
  }

  names(): readonly string[] {
    return this.selectNames.all();
  }

  raiseGeneration(subscription: string, bucket: number): Checkpoint | undefined {
    const row = this.raise.get(subscription, bucket);
    return row && checkpointIn(row);
  }

  /** @throws OperationConflictError for a checkpoint that is elsewhere or under another generation. */
  move(operation: MoveCheckpoint): void {
    const { subscription, bucket, from, to, generation } = operation;
    if (this.update.run(to, subscription, bucket, from, generation).changes === 1) return;
    const row = this.selectOne.get(subscription, bucket);
    throw refusedCheckpoint(operation, row && checkpointIn(row));
  }

  /** @throws OperationConflictError for a subscription that has other checkpoints than expected. */
  replace(operation: ReplaceCheckpoints): void {
    const { subscription, expected, checkpoints } = operation;
    const stored = this.of(subscription);
    const isExpected = (each: Checkpoint): boolean =>
      expected.some(
        ({ bucket, position, generation }) =>
          bucket === each.bucket && position === each.position && generation === each.generation,
      );
    if (stored.length !== expected.length || !stored.every(isExpected)) throw refusedReplacement(operation, stored);
    const generation = 1 + Math.max(-1, ...stored.map((checkpoint) => checkpoint.generation));
    this.deleteAll.run(subscription);
    for (const { bucket, position } of checkpoints) this.insert.run(subscription, bucket, position, generation);
  }
}

type CheckpointRow = [subscription: string, bucket: number, position: number, generation: number];

function checkpointIn([subscription, bucket, position, generation]: CheckpointRow): Checkpoint {
  return { subscription, bucket, position, generation };
}
