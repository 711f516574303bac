import { type Checkpoint, type MoveCheckpoint, refusedCheckpoint } from "@tidemark/core/adapter";
import type { Database } from "./drivers/database";

/** How far subscriptions have read. */
export class Checkpoints {
  private readonly insert;
  private readonly select;
  private readonly selectOne;
  private readonly raise;
  private readonly update;

  constructor(database: Database) {
    const columns = "subscription, bucket, position, generation";
    const one = "subscription = ? AND bucket = ?";
    this.insert = database.prepare<[string, number, number]>(
      `INSERT INTO checkpoints (${columns}) VALUES (?, ?, ?, 0) ON CONFLICT DO NOTHING`,
    );
    this.select = database.rows<[string], CheckpointRow>(
      `SELECT ${columns} FROM checkpoints WHERE subscription = ? ORDER BY bucket`,
    );
    this.selectOne = database.rows<[string, number], CheckpointRow>(`SELECT ${columns} FROM checkpoints WHERE ${one}`);
    this.raise = database.rows<[string, number], CheckpointRow>(
      `UPDATE checkpoints SET generation = generation + 1 WHERE ${one} RETURNING ${columns}`,
    );
    this.update = database.prepare<[number, string, number, number, number]>(
      `UPDATE checkpoints SET position = ? WHERE ${one} AND position = ? AND generation = ?`,
    );
  }

  lay(checkpoints: readonly Omit<Checkpoint, "generation">[]): void {
    for (const { subscription, bucket, position } of checkpoints) this.insert.run(subscription, bucket, position);
  }

  of(subscription: string): readonly Checkpoint[] {
    return Array.from(this.select.all(subscription), checkpointIn);
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
}

type CheckpointRow = [subscription: string, bucket: number, position: number, generation: number];

function checkpointIn([subscription, bucket, position, generation]: CheckpointRow): Checkpoint {
  return { subscription, bucket, position, generation };
}
