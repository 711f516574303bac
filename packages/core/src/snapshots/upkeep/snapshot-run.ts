import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import { RoomForStates } from "./room-for-states";
import type { CreateSnapshotOptions, SnapshotCreation } from "./snapshot-creation";
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

  async function* untilStopped(): AsyncGenerator<string> {
    for await (const id of ids) {
      stopped = signal?.aborted ?? false;
      if (stopped) return;
      yield id;
    }
  }
  const work = async (id: string): Promise<void> => {
    const { bytes, ...step } = await attempt(creation, id, options);
    if (bytes !== undefined) room.note(bytes);
    if (step.outcome === "failed") failed.push({ id, error: step.error });
    else counts[step.outcome]++;
    onProgress?.({ aggregate, id, ...step });
  };
  await workOff(untilStopped(), work, () => concurrency ?? room.atOnce);
  return { ...counts, failed, ...(stopped ? { stopped } : {}) };
}

async function attempt(
  creation: SnapshotCreation,
  id: string,
  options: CreateSnapshotOptions,
): Promise<Pick<SnapshotStep, "outcome" | "error"> & { readonly bytes?: number }> {
  try {
    const { isCreated, bytes } = await creation.refresh(id, options);
    return { outcome: isCreated ? "created" : "unchanged", bytes };
  } catch (error) {
    return { outcome: "failed", error };
  }
}
