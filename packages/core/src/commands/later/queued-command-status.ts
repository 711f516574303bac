import type { EventMetadata } from "../../elements/event-metadata";
import type { QueueEntry, QueueEntryState } from "../../ports/command-queue";
import type { QueuedCommand, QueuedOutcome } from "./queued-command";

/** A command that is carried out later, or was: what `domain.commands()` lists. */
export interface QueuedCommandStatus {
  readonly id: string;
  /** The stored type of the command: `Fidelis.Withdraw.v1`. */
  readonly type: string;
  /**
   * `waiting`: until it is due, and a worker is free. `running`: a worker has it. `parked`: it has failed for good, and waits until somebody
   * asks. The others are finished.
   */
  readonly state: QueueEntryState | "running";
  readonly lane: string;
  readonly priority: number;
  /** It is not carried out before. */
  readonly dueAt: Date;
  /** It is not carried out after. */
  readonly expiresAt?: Date;
  /** How many attempts have failed. */
  readonly attempts: number;
  /** The worker that has it. */
  readonly worker?: string;
  /** The instance of a process manager that has issued it. */
  readonly issuedBy?: { readonly process: string; readonly id: string };
  /** The key that `schedule` was given. */
  readonly scheduledAs?: string;
  readonly idempotencyKey?: string;
  /** The data of the command, as they are stored. */
  readonly command: object;
  /** What its events carry: correlation, what has caused it. */
  readonly metadata: EventMetadata;
  /** What the handler returned, as it is stored. */
  readonly result?: unknown;
  /** Why it was refused, or why the last attempt failed. */
  readonly error?: NonNullable<QueuedOutcome["error"]>;
  /** Who has cancelled or retried it, where somebody said so. */
  readonly by?: string;
  /** Why. */
  readonly reason?: string;
  readonly finishedAt?: Date;
}

/** Says how a command is. @param now milliseconds since 1970: whether a worker still has it is judged by that. */
export function queuedCommandStatus(entry: QueueEntry, now: number): QueuedCommandStatus {
  const { id, type, lane, priority, dueAt, expiresAt, attempts, claimedBy, finishedAt } = entry;
  const { command, metadata, issuedBy, scheduledAs, idempotencyKey } = JSON.parse(entry.data) as QueuedCommand;
  const { result, error, by, reason } = outcomeOf(entry);
  const state = isRunning(entry, now) ? "running" : entry.state;
  return {
    id,
    type,
    state,
    lane,
    priority,
    dueAt: new Date(dueAt),
    ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt) }),
    attempts,
    ...(state === "running" && claimedBy !== undefined && { worker: claimedBy }),
    ...(issuedBy && {
      issuedBy: { process: issuedBy.process, id: issuedBy.stream.slice(issuedBy.category.length + 1) },
    }),
    ...(scheduledAs !== undefined && { scheduledAs }),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    command,
    metadata,
    ...(result !== undefined && { result }),
    ...(error !== undefined && { error }),
    ...(by !== undefined && { by }),
    ...(reason !== undefined && { reason }),
    ...(finishedAt !== undefined && { finishedAt: new Date(finishedAt) }),
  };
}

/** Whether a worker has an entry. */
export function isRunning({ state, claimedBy, claimedUntil = 0 }: QueueEntry, now: number): boolean {
  return state === "waiting" && claimedBy !== undefined && claimedUntil > now;
}

/** What has come of an entry so far; nothing before the first attempt. */
export function outcomeOf({ outcome }: Pick<QueueEntry, "outcome">): QueuedOutcome {
  return outcome === undefined ? {} : (JSON.parse(outcome) as QueuedOutcome);
}
