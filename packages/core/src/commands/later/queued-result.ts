import { CommandCancelledError } from "../../errors/command-cancelled-error";
import { CommandExpiredError } from "../../errors/command-expired-error";
import { CommandFailedError } from "../../errors/command-failed-error";
import { restoredError } from "../../errors/domain-error";
import type { CommandModel } from "../../model/command-model";
import type { SettledEntry } from "./queue-signs";
import { outcomeOf } from "./queued-command-status";

/** What has come of a command: what its handler returned, or the error that says why there is nothing. */
type QueuedResult = { readonly value: unknown } | { readonly error: Error };

/**
 * Reads what has come of a command of the queue.
 * @param model that of the command; undefined where the code does not know it: the result is as it is stored then.
 * @returns undefined for one that waits.
 */
export function queuedResult(entry: SettledEntry, model: CommandModel | undefined): QueuedResult | undefined {
  if (entry.state === "waiting") return undefined;
  const { id, type: command } = entry;
  const { result, error, by, reason } = outcomeOf(entry);
  switch (entry.state) {
    case "done":
      return { value: model === undefined ? result : model.result.decode(result) };
    case "refused":
    case "expired": {
      const { name = "DomainError", code = "REFUSED", message = "it was refused", details = {} } = error ?? {};
      return { error: restoredError({ name, code, message, details: details as Record<string, unknown> }) };
    }
    case "cancelled": {
      const asked = { ...(by !== undefined && { by }), ...(reason !== undefined && { reason }) };
      return { error: new CommandCancelledError({ id, command, ...asked }) };
    }
    case "parked":
      return {
        error: new CommandFailedError({ id, command, attempts: entry.attempts, reason: error?.message ?? "unknown" }),
      };
  }
}

/** The outcome of a command whose deadline has passed. */
export function expiredError(id: string, command: string, expiresAt: number): CommandExpiredError {
  return new CommandExpiredError({ id, command, deadline: new Date(expiresAt).toISOString() });
}
