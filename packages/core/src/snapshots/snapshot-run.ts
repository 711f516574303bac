import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { CreateSnapshotOptions, SnapshotCreation } from "./snapshot-creation";

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
  /** How many aggregates at a time; 4 where absent. */
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

const DEFAULT_CONCURRENCY = 4;

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
  const { concurrency = DEFAULT_CONCURRENCY, signal, onProgress } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new IncorrectUsageError(`concurrency must be a whole number of at least 1, found ${concurrency}`);
  }
  const counts = { created: 0, unchanged: 0 };
  const failed: { id: string; error: unknown }[] = [];
  const source = ids[Symbol.asyncIterator]();
  let stopped = false;

  const work = async (): Promise<void> => {
    for (;;) {
      const { done, value: id } = await source.next();
      if (done) return;
      stopped ||= signal?.aborted ?? false;
      if (stopped) return;
      const step = await attempt(creation, id, options);
      if (step.outcome === "failed") failed.push({ id, error: step.error });
      else counts[step.outcome]++;
      onProgress?.({ aggregate, id, ...step });
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return { ...counts, failed, ...(stopped ? { stopped } : {}) };
}

async function attempt(
  creation: SnapshotCreation,
  id: string,
  options: CreateSnapshotOptions,
): Promise<Pick<SnapshotStep, "outcome" | "error">> {
  try {
    return { outcome: (await creation.refresh(id, options)) ? "created" : "unchanged" };
  } catch (error) {
    return { outcome: "failed", error };
  }
}
