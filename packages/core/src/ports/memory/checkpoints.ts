import type { MoveCheckpoint, ReplaceCheckpoints } from "../operations";
import { refusedCheckpoint, refusedReplacement } from "../refused-operation";
import type { Checkpoint, NewCheckpoint } from "../subscription-store";

/** A checkpoint and the server that was given it, alive or not. */
interface KeptCheckpoint {
  readonly checkpoint: Checkpoint;
  readonly owner: string | undefined;
}

/** How far subscriptions have read in a `MemoryEventStore`, and who was given which bucket. */
export class MemoryCheckpoints {
  /** By subscription, then by bucket. */
  readonly #subscriptions = new Map<string, Map<number, KeptCheckpoint>>();

  /** The subscriptions that have checkpoints. */
  names(): string[] {
    return [...this.#subscriptions.keys()];
  }

  /** By bucket. */
  of(subscription: string): KeptCheckpoint[] {
    const kept = this.#subscriptions.get(subscription)?.values() ?? [];
    return [...kept].sort((a, b) => a.checkpoint.bucket - b.checkpoint.bucket);
  }

  lay({ subscription, bucket, position }: NewCheckpoint): void {
    if (this.#find(subscription, bucket) === undefined)
      this.#put({ subscription, bucket, position, generation: 0 }, undefined);
  }

  /** Raises the generation of a checkpoint that is there. */
  raise(subscription: string, bucket: number, owner = this.#find(subscription, bucket)?.owner): Checkpoint | undefined {
    const checkpoint = this.#find(subscription, bucket)?.checkpoint;
    return checkpoint && this.#put({ ...checkpoint, generation: checkpoint.generation + 1 }, owner);
  }

  /** Takes buckets from whoever has them, as far as `isTaken` says so. */
  free(isTaken: (kept: KeptCheckpoint) => boolean): void {
    for (const buckets of this.#subscriptions.values())
      for (const kept of buckets.values()) if (isTaken(kept)) this.#put(kept.checkpoint, undefined);
  }

  /** @returns the change to make once every operation of the transaction is checked. */
  move(operation: MoveCheckpoint): () => void {
    const { subscription, bucket, from, to, generation } = operation;
    const kept = this.#find(subscription, bucket);
    if (kept?.checkpoint.position !== from || kept.checkpoint.generation !== generation)
      throw refusedCheckpoint(operation, kept?.checkpoint);
    return () => void this.#put({ ...kept.checkpoint, position: to }, kept.owner);
  }

  /** @returns the change to make once every operation of the transaction is checked. */
  replace(operation: ReplaceCheckpoints): () => void {
    const { subscription, expected, checkpoints } = operation;
    const stored = this.of(subscription).map(({ checkpoint }) => checkpoint);
    if (!haveSamePlaces(stored, expected)) throw refusedReplacement(operation, stored);
    const generation = 1 + Math.max(-1, ...stored.map((checkpoint) => checkpoint.generation));
    return () => {
      this.#subscriptions.delete(subscription);
      for (const { bucket, position } of checkpoints)
        this.#put({ subscription, bucket, position, generation }, undefined);
    };
  }

  #find(subscription: string, bucket: number): KeptCheckpoint | undefined {
    return this.#subscriptions.get(subscription)?.get(bucket);
  }

  #put(checkpoint: Checkpoint, owner: string | undefined): Checkpoint {
    const buckets = this.#subscriptions.get(checkpoint.subscription) ?? new Map<number, KeptCheckpoint>();
    this.#subscriptions.set(checkpoint.subscription, buckets);
    buckets.set(checkpoint.bucket, { checkpoint: Object.freeze(checkpoint), owner });
    return checkpoint;
  }
}

type Place = ReplaceCheckpoints["expected"][number];

function haveSamePlaces(stored: readonly Place[], expected: readonly Place[]): boolean {
  return (
    stored.length === expected.length &&
    expected.every(({ bucket, position, generation }) =>
      stored.some((each) => each.bucket === bucket && each.position === position && each.generation === generation),
    )
  );
}
