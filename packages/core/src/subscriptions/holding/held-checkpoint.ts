import { OperationConflictError } from "../../errors/operation-conflict-error";
import { StoreUnavailableError } from "../../errors/store-unavailable-error";
import type { Answer } from "../../ports/answer";
import type { MoveCheckpoint } from "../../ports/operations";
import { clearTimeout, setTimeout } from "../../ports/real-timers";
import type { Checkpoint, SubscriptionStore } from "../../ports/subscription-store";
import { reasonOf } from "../../wording/in-words";
import type { Change } from "../reading/change";
import type { StoreBreaker } from "./store-breaker";

/** How long the position may lie in memory alone while a subscription passes over events that are not for it. */
const DEBOUNCE_MS = 100;

/** Another owner has raised the generation of a checkpoint, or somebody has moved it: this one is to let go of it. */
export class CheckpointLost extends Error {
  override readonly name = "CheckpointLost";
}

/** The end of a line came while the store could not be reached, or while somebody waited for it. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

interface HeldBucket {
  readonly generation: number;
  /** The position that is stored. */
  stored: number;
}

/** Buckets of one server that are at one position. */
export interface BucketsInHand {
  /** The position up to which everything is done. */
  readonly position: number;
  readonly buckets: ReadonlyMap<number, Readonly<HeldBucket>>;
}

/** Makes of checkpoints that were claimed, all of them at one position, what a line works with. */
export function inHand(checkpoints: readonly Checkpoint[]): BucketsInHand {
  const { position } = checkpoints[0] as Checkpoint;
  return {
    position,
    buckets: new Map(checkpoints.map(({ bucket, generation }) => [bucket, { generation, stored: position }])),
  };
}

interface HeldParts {
  /** Stores operations, all or none. */
  readonly flush: (operations: readonly Change[]) => Answer<void>;
  readonly subscriptions: Pick<SubscriptionStore, "checkpoints">;
  readonly subscription: string;
  /** Ends the repetitions during an outage. */
  readonly end: AbortSignal;
  /** Says when to repeat. */
  readonly breaker: StoreBreaker;
}

/** The checkpoint of a line in the hands of its owner: one is stored for each of its buckets, and they move together. */
export class HeldCheckpoint {
  readonly #held = new Map<number, HeldBucket>();
  #position: number;
  #timer: NodeJS.Timeout | undefined;
  /** Flushes one after the other: each starts where the one before has ended. */
  #turn: Promise<void> = Promise.resolve();
  #isLost = false;

  constructor(
    private readonly parts: HeldParts,
    { position, buckets }: BucketsInHand,
  ) {
    this.#position = position;
    for (const [bucket, held] of buckets) this.#held.set(bucket, { ...held });
    this.#storeSoon();
  }

  /** The position up to which everything is done. */
  get position(): number {
    return this.#position;
  }

  get buckets(): ReadonlyMap<number, Readonly<HeldBucket>> {
    return this.#held;
  }

  /** Whether it was found in other hands. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Notes that everything up to `position` is done without anything to store with it. */
  pass(position: number): void {
    if (position <= this.#position) return;
    this.#position = position;
    this.#storeSoon();
  }

  /** As `pass`, for those who store the position themselves. */
  moveTo(position: number): void {
    if (position > this.#position) this.#position = position;
  }

  /** Takes over the buckets of another one that is at the same position. The other one has none afterwards. */
  async absorb(other: HeldCheckpoint): Promise<void> {
    await other.#inTurn(async () => {
      clearTimeout(other.#timer);
      await this.#inTurn(async () => {
        for (const [bucket, held] of other.#held) this.#held.set(bucket, held);
        other.#held.clear();
        // Nothing may come for a long time that moves them on.
        this.#storeSoon();
      });
    });
  }

  /** Has these buckets no more: another one is made of them, at the same position. */
  async part(buckets: readonly number[]): Promise<BucketsInHand> {
    const parted = new Map<number, HeldBucket>();
    await this.#inTurn(async () => {
      for (const bucket of buckets) {
        const held = this.#held.get(bucket);
        if (held !== undefined) parted.set(bucket, held);
        this.#held.delete(bucket);
      }
    });
    return { position: this.#position, buckets: parted };
  }

  /** Stores the position, and has these buckets no more. @returns those that it had. */
  async giveUp(buckets: readonly number[]): Promise<readonly number[]> {
    await this.store();
    const given: number[] = [];
    await this.#inTurn(async () => {
      for (const bucket of buckets) if (this.#held.delete(bucket)) given.push(bucket);
    });
    return given;
  }

  /**
   * Stores operations together with the position, all or none; repeats it until the store can be reached.
   *
   * @throws CheckpointLost, Interrupted; whatever the store says of the operations.
   */
  async flush(operations: readonly Change[], position: number): Promise<void> {
    await this.#inTurn(async () => {
      await this.#repeated(operations, position);
      this.#position = Math.max(this.#position, position);
    });
  }

  /** Stores the position where it is not stored yet. @throws as the store does, at once. */
  async store(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#inTurn(async () => {
      const position = this.#position;
      if (this.#isLost || this.#isStored(position)) return;
      try {
        await this.parts.flush(this.#moves(position));
        this.#noteStored(position);
      } catch (error) {
        if (error instanceof OperationConflictError) await this.#judge(error, position);
        else throw error;
      }
    });
  }

  /** Stores the position before long, whatever comes, unless that is done already. */
  #storeSoon(): void {
    if (this.#isStored(this.#position)) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.store().catch(() => undefined);
    }, DEBOUNCE_MS);
  }

  async #repeated(operations: readonly Change[], position: number): Promise<void> {
    const all = [...this.#moves(position), ...operations];
    const { end, breaker } = this.parts;
    for (;;) {
      try {
        await this.#attempt(all, position);
        return breaker.judge(undefined);
      } catch (error) {
        breaker.judge(error);
        if (!(error instanceof StoreUnavailableError)) throw error;
        if (end.aborted) throw new Interrupted(error.message, { cause: error });
        await breaker.ready(end);
      }
    }
  }

  async #attempt(operations: readonly Change[], position: number): Promise<void> {
    try {
      const flushed = this.parts.flush(operations);
      if (flushed instanceof Promise) await flushed;
      this.#noteStored(position);
    } catch (error) {
      if (error instanceof StoreUnavailableError) throw error;
      await this.#judge(error, position);
    }
  }

  /**
   * Finds out what a refusal means. A flush whose acknowledgement was lost is refused when it is repeated, be it for its rows: it is
   * stored already.
   * @throws CheckpointLost, or the refusal itself.
   */
  async #judge(refusal: unknown, position: number): Promise<void> {
    const found = await this.parts.subscriptions.checkpoints(this.parts.subscription);
    const stored = new Map(found.map((checkpoint) => [checkpoint.bucket, checkpoint]));
    const held = [...this.#held];
    const areOurs = held.every(([bucket, { generation }]) => stored.get(bucket)?.generation === generation);
    const haveArrived = held.every(([bucket]) => stored.get(bucket)?.position === position);
    if (areOurs && haveArrived && !this.#isStored(position)) return this.#noteStored(position);
    if (areOurs && held.every(([bucket, one]) => stored.get(bucket)?.position === one.stored)) throw refusal;
    this.#isLost = true;
    throw new CheckpointLost(reasonOf(refusal), { cause: refusal });
  }

  #isStored(position: number): boolean {
    for (const { stored } of this.#held.values()) if (stored !== position) return false;
    return true;
  }

  #noteStored(position: number): void {
    for (const held of this.#held.values()) held.stored = position;
  }

  #moves(to: number): MoveCheckpoint[] {
    const { subscription } = this.parts;
    return Array.from(this.#held, ([bucket, { stored: from, generation }]) => {
      return { kind: "moveCheckpoint", subscription, bucket, from, to, generation };
    });
  }

  #inTurn(step: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(step, step);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}
