import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import { RoomForStates } from "./room-for-states";
import type { CreateSnapshotOptions, SnapshotCreation } from "./snapshot-creation";
import { workOff } from "./work-off";

/** What became of the aggregates of one class. */
export interface SnapshotRun {
  readonly created: number;
  /** Those whose snapshot was current already. */
  readonly unchanged: number;
  readonly failed: readonly { readonly id: string; readonly error: unknown }[];
  /** Present when the signal ended the run before all were done. */
  readonly stopped?: true;
}

/** How to bring the snapshots of many aggregates up to date. */
export interface SnapshotRunOptions extends CreateSnapshotOptions {
  /** How many aggregates at a time; where absent, from 4 to 64, the fewer the larger their states are. */
  readonly concurrency?: number;
  /** Ends the run after the aggregates in hand. */
  readonly signal?: AbortSignal;
  /** Called after each aggregate. */
  readonly onProgress?: (step: SnapshotStep) => void;
}

/** What became of one aggregate of a run, as `onProgress` is told. */
export interface SnapshotStep {
  readonly aggregate: string;
  readonly id: string;
  readonly outcome: "created" | "unchanged" | "failed";
  readonly error?: unknown;
}

/**
 * Brings the snapshots of many aggregates up to date, several at a time, going on past broken ones. Ids are taken
 * from their source as they are worked off, so that memory does not grow with their number.
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
