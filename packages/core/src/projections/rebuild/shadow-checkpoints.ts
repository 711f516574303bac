import { bucketOf } from "../../ports/buckets";
import type { MoveCheckpoint, ReplaceCheckpoints } from "../../ports/operations";
import type { Checkpoint } from "../../ports/subscription-store";
import type { RowFolding } from "../row-folding";

/**
 * How far the rows of a shadow are folded, by the buckets of their keys. Each transaction writes the rows of some buckets, so a rebuild
 * that was cut off while it wrote has buckets that are further than others.
 */
export class ShadowCheckpoints {
  readonly #byBucket: Checkpoint[];

  /** @param checkpoints one for each bucket. */
  constructor(checkpoints: readonly Checkpoint[]) {
    this.#byBucket = [...checkpoints].sort((a, b) => a.bucket - b.bucket);
  }

  get buckets(): number {
    return this.#byBucket.length;
  }

  /** All rows are folded up to here. */
  get position(): number {
    return Math.min(...this.#byBucket.map(({ position }) => position));
  }

  /** No row is folded beyond this. */
  get highest(): number {
    return Math.max(...this.#byBucket.map(({ position }) => position));
  }

  bucketOf(key: string): number {
    return bucketOf(key, this.buckets);
  }

  /** How far the row with a key is folded. */
  positionOf(key: string): number {
    return this.#byBucket[this.bucketOf(key)]!.position;
  }

  /** Lists the operations that move buckets on: all but those that are further. */
  moves(buckets: readonly number[], to: number): readonly MoveCheckpoint[] {
    return buckets
      .map((bucket) => this.#byBucket[bucket]!)
      .filter(({ position }) => position <= to)
      .map(({ subscription, bucket, position: from, generation }) => {
        return { kind: "moveCheckpoint", subscription, bucket, from, to, generation };
      });
  }

  /** Notes that the moves are stored. */
  moved(moves: readonly MoveCheckpoint[]): void {
    for (const { bucket, to } of moves) this.#byBucket[bucket] = { ...this.#byBucket[bucket]!, position: to };
  }

  /** The operation that stores nothing, and is refused where another process has taken the checkpoints. */
  unmoved(): readonly MoveCheckpoint[] {
    return this.#byBucket.map(({ subscription, bucket, position, generation }) => {
      return { kind: "moveCheckpoint", subscription, bucket, from: position, to: position, generation };
    });
  }

  /** The operation that removes the checkpoints, or lays them anew. */
  replacement(position?: number): ReplaceCheckpoints {
    return {
      kind: "replaceCheckpoints",
      subscription: this.#byBucket[0]!.subscription,
      expected: this.#byBucket.map(({ bucket, position, generation }) => ({ bucket, position, generation })),
      checkpoints: position === undefined ? [] : this.#byBucket.map(({ bucket }) => ({ bucket, position })),
    };
  }

  /** Leaves out what is folded already, where some buckets are further than others. */
  foldingBehind(folding: RowFolding): RowFolding {
    if (this.position === this.highest) return folding;
    const { projection, table, codec, categories } = folding;
    return {
      projection,
      table,
      codec,
      categories,
      wants: (type) => folding.wants(type),
      stepsOf: (event) => folding.stepsOf(event).filter(({ key }) => event.globalPosition > this.positionOf(key)),
      decode: (row) => folding.decode(row),
      encode: (key, row, revision) => folding.encode(key, row, revision),
    };
  }
}
