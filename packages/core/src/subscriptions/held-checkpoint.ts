import { OperationConflictError } from "../errors/operation-conflict-error";
import { StoreUnavailableError } from "../errors/store-unavailable-error";
import type { MoveCheckpoint, Operation, OperationStores } from "../ports/operations";
import { clearTimeout, setTimeout } from "../ports/real-timers";
import type { Checkpoint } from "../ports/subscription-store";
import { reasonOf } from "../wording/in-words";
import { pauseMs, pauseUnless } from "./growing-pause";

/** How long the position may lie in memory alone while a subscription passes over events that are not for it. */
const DEBOUNCE_MS = 100;

/** How the pauses grow while the store cannot be reached. */
export const OUTAGE = { firstMs: 50, maxMs: 5_000 } as const;

/** Another owner has raised the generation of a checkpoint, or somebody has moved it: this one is to let go of it. */
export class CheckpointLost extends Error {
  override readonly name = "CheckpointLost";
}

/** The end of a subscription came while the store could not be reached. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** The checkpoint of one bucket of a subscription in the hands of its owner. */
export class HeldCheckpoint {
  #position: number;
  #stored: number;
  readonly #generation: number;
  #timer: NodeJS.Timeout | undefined;
  /** Flushes one after the other: each starts where the one before has ended. */
  #turn: Promise<void> = Promise.resolve();
  #isLost = false;

  private constructor(
    private readonly operations: OperationStores,
    private readonly checkpoint: Checkpoint,
    /** Ends the repetitions during an outage. */
    private readonly end: AbortSignal,
  ) {
    this.#position = checkpoint.position;
    this.#stored = checkpoint.position;
    this.#generation = checkpoint.generation;
  }

  /** Takes a checkpoint from whoever has it. @returns undefined where none was laid. */
  static async claim(
    operations: OperationStores,
    subscription: string,
    bucket: number,
    end: AbortSignal,
  ): Promise<HeldCheckpoint | undefined> {
    const checkpoint = await operations.subscriptions.raiseGeneration(subscription, bucket);
    return checkpoint && new HeldCheckpoint(operations, checkpoint, end);
  }

  /** The position up to which everything is done. */
  get position(): number {
    return this.#position;
  }

  /** Whether it was found in other hands. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Notes that everything up to `position` is done without anything to store with it. */
  pass(position: number): void {
    if (position <= this.#position) return;
    this.#position = position;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.store().catch(() => undefined);
    }, DEBOUNCE_MS);
  }

  /**
   * Stores operations together with the position, all or none; repeats it until the store can be reached.
   *
   * @throws CheckpointLost, Interrupted; whatever the store says of the operations.
   */
  async flush(operations: readonly Operation[], position: number): Promise<void> {
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
      if (position === this.#stored || this.#isLost) return;
      try {
        await this.operations.flush([this.#move(position)]);
        this.#stored = position;
      } catch (error) {
        if (error instanceof OperationConflictError) await this.#judge(error, position);
        else throw error;
      }
    });
  }

  async #repeated(operations: readonly Operation[], position: number): Promise<void> {
    const all = [this.#move(position), ...operations];
    for (let repetition = 1; ; repetition++) {
      try {
        return await this.#attempt(all, position);
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error;
        if (this.end.aborted) throw new Interrupted(error.message, { cause: error });
        await pauseUnless(this.end, pauseMs(OUTAGE, repetition));
      }
    }
  }

  async #attempt(operations: readonly Operation[], position: number): Promise<void> {
    try {
      const flushed = this.operations.flush(operations);
      if (flushed instanceof Promise) await flushed;
      this.#stored = position;
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
    const { subscription, bucket } = this.checkpoint;
    const found = await this.operations.subscriptions.checkpoints(subscription);
    const stored = found.find((one) => one.bucket === bucket);
    const isOurs = stored?.generation === this.#generation;
    if (isOurs && stored.position === position && position !== this.#stored) {
      this.#stored = position;
      return;
    }
    if (isOurs && stored.position === this.#stored) throw refusal;
    this.#isLost = true;
    throw new CheckpointLost(reasonOf(refusal), { cause: refusal });
  }

  #move(to: number): MoveCheckpoint {
    const { subscription, bucket } = this.checkpoint;
    return { kind: "moveCheckpoint", subscription, bucket, from: this.#stored, to, generation: this.#generation };
  }

  #inTurn(step: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(step, step);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}
