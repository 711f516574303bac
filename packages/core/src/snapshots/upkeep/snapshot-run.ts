import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import { type Answer, answered } from "../../ports/answer";
import { RoomForStates } from "./room-for-states";
import type { CreateSnapshotOptions, RefreshedSnapshot, SnapshotCreation } from "./snapshot-creation";
import { workOff } from "./work-off";

/** The outcome for the aggregates of one class. */
export interface SnapshotRun {
  readonly created: number;
  /** How many had a current snapshot already. */
  readonly unchanged: number;
  readonly failed: readonly { readonly id: string; readonly error: unknown }[];
  /** Present when the signal ended the run early. */
  readonly stopped?: true;
}

/** How to bring the snapshots of many aggregates up to date. */
export interface SnapshotRunOptions extends CreateSnapshotOptions {
  /** How many aggregates at a time; where absent, from 4 to 64, the fewer the larger their states are. */
  readonly concurrency?: number;
  /** Ends the run after the aggregates under way. */
  readonly signal?: AbortSignal;
  /** Called after each aggregate. */
  readonly onProgress?: (step: SnapshotStep) => void;
}

/** The outcome for one aggregate of a run, given to `onProgress`. */
export interface SnapshotStep {
  readonly aggregate: string;
  readonly id: string;
  readonly outcome: "created" | "unchanged" | "failed";
  readonly error?: unknown;
}

/**
 * Brings the snapshots of many aggregates up to date, several at a time, past broken ones. Ids are taken
 * from their source one after the other, so memory does not grow with their number.
 */
export async function runSnapshots(
  aggregate: string,
  ids: AsyncIterable<string>,
  creation: SnapshotCreation,
  options: SnapshotRunOptions,
): Promise<SnapshotRun> {
  const { concurrency, signal, onProgress } = options;
  if (concurrency !== undefined && (!Number.isInteger(concurrency) || concurrency < 1)) {
    throw new IncorrectUsageError(`concurrency must be a whole number of at least 1, found ${concurrency}`);
  }
  const counts = { created: 0, unchanged: 0 };
  const failed: { id: string; error: unknown }[] = [];
  const room = new RoomForStates();
  let stopped = false;

  const isStopped = () => {
    stopped = signal?.aborted ?? false;
    return stopped;
  };
  const note = (id: string, { bytes, ...step }: Attempted): void => {
    if (bytes !== undefined) room.note(bytes);
    if (step.outcome === "failed") failed.push({ id, error: step.error });
    else counts[step.outcome]++;
    onProgress?.({ aggregate, id, ...step });
  };
  const work = (id: string) => answered(attempt(creation, id, options), (attempted) => note(id, attempted));
  await workOff(ids, work, { atOnce: () => concurrency ?? room.atOnce, isStopped });
  return { ...counts, failed, ...(stopped ? { stopped } : {}) };
}

type Attempted = Pick<SnapshotStep, "outcome" | "error"> & { readonly bytes?: number };

function attempt(creation: SnapshotCreation, id: string, options: CreateSnapshotOptions): Answer<Attempted> {
  try {
    const refreshed = creation.refresh(id, options);
    return refreshed instanceof Promise ? refreshed.then(succeeded, failedWith) : succeeded(refreshed);
  } catch (error) {
    return failedWith(error);
  }
}

function succeeded({ isCreated, bytes }: RefreshedSnapshot): Attempted {
  return { outcome: isCreated ? "created" : "unchanged", bytes };
}

function failedWith(error: unknown): Attempted {
  return { outcome: "failed", error };
}
