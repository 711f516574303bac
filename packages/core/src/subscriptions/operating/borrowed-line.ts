import { OperationConflictError } from "../../errors/operation-conflict-error";
import type { Answer } from "../../ports/answer";
import type { OperationStores } from "../../ports/operation-stores";
import type { Checkpoint } from "../../ports/subscription-store";
import { reasonOf } from "../../wording/in-words";
import { CheckpointLost } from "../holding/held-checkpoint";
import type { HeldLine } from "../holding/held-line";
import type { Change } from "../reading/change";

/**
 * One bucket that no server has, in the hands of a process that does some of its keys and nothing else: the checkpoint stays where it is.
 */
export class BorrowedLine implements HeldLine {
  constructor(
    private readonly operations: Pick<OperationStores, "subscriptions">,
    /** Stores changes, all or none. */
    private readonly flush: (changes: readonly Change[]) => Answer<void>,
    private readonly checkpoint: Checkpoint,
    /** The keys to be done. */
    private readonly keys: ReadonlySet<string>,
  ) {}

  get position(): number {
    return this.checkpoint.position;
  }

  holds(key: string): boolean {
    return this.keys.has(key);
  }

  async between<T>(work: () => Promise<T>): Promise<T> {
    return await work();
  }

  async store(operations: readonly Change[]): Promise<void> {
    const { subscription, bucket, position, generation } = this.checkpoint;
    const fence = { kind: "moveCheckpoint", subscription, bucket, from: position, to: position, generation } as const;
    try {
      await this.flush([fence, ...operations]);
    } catch (error) {
      if (error instanceof OperationConflictError && !(await this.#isOurs()))
        throw new CheckpointLost(reasonOf(error), { cause: error });
      throw error;
    }
  }

  async #isOurs(): Promise<boolean> {
    const { subscription, bucket, generation } = this.checkpoint;
    const found = await this.operations.subscriptions.checkpoints(subscription);
    return found.some((one) => one.bucket === bucket && one.generation === generation);
  }
}
