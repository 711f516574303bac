import type { AggregateProgress } from "@tidemark/core";

import { ExitStatus } from "../io/exit-status";
import { Interruption } from "../io/interruption";
import type { Io } from "../io/io";
import { startWorkProgress } from "../printing/work-progress";

/** What a long work on the aggregates of a class is told and tells. */
interface LongWork {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: AggregateProgress) => void;
}

interface LongWorkOptions {
  readonly json: boolean;
  /** `Customer was not verified` */
  readonly leftUndone: string;
}

/**
 * Does a long work with a bar on a terminal, until SIGINT or SIGTERM.
 * @param ended prints the outcome. @returns the exit status: that of the signal where one has ended the work.
 */
export async function longWork<T>(
  io: Io,
  { json, leftUndone }: LongWorkOptions,
  work: (long: LongWork) => Promise<T>,
  ended: (outcome: T) => Promise<number>,
): Promise<number> {
  using interruption = new Interruption(io);
  const { signal } = interruption;
  const progress = startWorkProgress(io.stderr, { isWanted: !json });
  const onProgress: LongWork["onProgress"] = ({ phase, done, aggregates }) =>
    progress.update({ phase, done, total: aggregates, unit: "aggregates" });
  let outcome: T;
  try {
    outcome = await work({ signal, onProgress });
  } catch (error) {
    const { by } = interruption;
    if (by === undefined || error !== signal.reason) throw error;
    progress.end();
    io.stderr.write(`Stopped by ${by}: ${leftUndone}.\n`);
    return ExitStatus.endedBy(by);
  } finally {
    progress.end();
  }
  return await ended(outcome);
}
