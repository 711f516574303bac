import { ExpectedVersionError } from "../errors/expected-version-error";
import { OperationConflictError } from "../errors/operation-conflict-error";
import { StoreUnavailableError } from "../errors/store-unavailable-error";
import { UniqueViolationError } from "../errors/unique-violation-error";
import type { DeleteRows, MoveCheckpoint, Operation, UpsertRows } from "../ports/operations";
import type { SubscriptionStore } from "../ports/subscription-store";
import type { Repetition } from "./store-patience";

interface FlushedStore {
  /** The store in words for messages, free of secrets. */
  readonly description: string;
  readonly subscriptions: Pick<SubscriptionStore, "checkpoints">;
}

/**
 * How operations without events are repeated. Unlike an append, a flush that has happened is not recognised by the store: what it has
 * stored refuses it. Nobody else's change may be taken for it, and its own not for somebody else's.
 */
export class RepeatedFlush implements Repetition {
  readonly isChange = true;

  constructor(
    private readonly operations: readonly Operation[],
    private readonly store: FlushedStore,
  ) {}

  /** Where one operation cannot be applied twice, none of them is: they are applied together. */
  readonly mayRepeat = (): boolean => this.operations.some(isAppliedOnce) || this.operations.every(isRepeatable);

  readonly refused = async (refusal: unknown): Promise<void> => {
    if (refusal instanceof OperationConflictError && (await this.#haveArrived())) return;
    throw unknownOutcome(refusal, this.store.description);
  };

  /** Only the holder of a generation moves a checkpoint under it: where it has arrived, this flush has moved it. */
  async #haveArrived(): Promise<boolean> {
    const moved = this.operations.find(isMove);
    if (moved === undefined) return false;
    const checkpoints = await this.store.subscriptions.checkpoints(moved.subscription);
    const stored = checkpoints.find(({ bucket }) => bucket === moved.bucket);
    return stored?.generation === moved.generation && stored.position === moved.to;
  }
}

/**
 * Gives what to throw where a change was refused that was repeated after its answer was lost: what the first attempt has stored may have
 * refused it, or what somebody else has.
 *
 * @returns a StoreUnavailableError for a conflict; the refusal itself for an error that has another cause.
 */
export function unknownOutcome(refusal: unknown, store: string): unknown {
  const isConflict =
    refusal instanceof OperationConflictError ||
    refusal instanceof ExpectedVersionError ||
    refusal instanceof UniqueViolationError;
  if (!isConflict) return refusal;
  const reason = `it was repeated after its answer was lost, and refused then; whether the first attempt was stored is not known. ${refusal.message}`;
  return new StoreUnavailableError({ attempted: "Cannot write to", store, reason }, refusal);
}

function isMove(operation: Operation): operation is MoveCheckpoint {
  return operation.kind === "moveCheckpoint" && operation.from !== operation.to;
}

/** True for an operation that is refused once it has been applied. */
function isAppliedOnce(operation: Operation): boolean {
  switch (operation.kind) {
    case "upsertRows":
    case "deleteRows":
      return changesItsGuard(operation);
    case "moveCheckpoint":
      return isMove(operation);
    case "replaceCheckpoints":
      return operation.expected.length + operation.checkpoints.length > 0;
    case "removeTimer":
      return operation.expected !== undefined;
    case "putState":
      return operation.state.version !== operation.expectedVersion;
    case "deleteState":
      return operation.expectedVersion !== -1;
    case "putParked":
    case "removeParked":
    case "receiveMessage":
    case "settleEntry":
      return true;
    case "runStatement":
    case "setTimer":
    case "enqueue":
      return false;
  }
}

/** Whether the guard of an operation refuses it once its rows are written. */
function changesItsGuard(operation: UpsertRows | DeleteRows): boolean {
  const { guard } = operation;
  if (guard === undefined) return false;
  if (operation.kind === "deleteRows") return guard.expected.some((expected) => expected !== null);
  const column = operation.table.columns.findIndex(({ name }) => name === guard.column);
  return operation.rows.some((row, index) => {
    const expected = guard.expected[index];
    return expected === null || (column !== -1 && row[column] !== expected);
  });
}

/**
 * True for an operation that comes to the same when it is applied again. A timer may have fired meanwhile, and the place of a command may
 * be taken by the next one: to set them again would let them happen twice.
 */
function isRepeatable(operation: Operation): boolean {
  switch (operation.kind) {
    case "upsertRows":
    case "deleteRows":
    case "moveCheckpoint":
      return true;
    case "removeTimer":
      return operation.expected === undefined;
    case "enqueue":
      return operation.replaces !== true;
    default:
      return false;
  }
}
