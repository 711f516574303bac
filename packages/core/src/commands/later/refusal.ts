import { CommandAbortedError } from "../../errors/command-aborted-error";
import { ConfigurationError } from "../../errors/configuration-error";
import { DeadlineExceededError } from "../../errors/deadline-exceeded-error";
import { DeserializationError } from "../../errors/deserialization-error";
import { DomainError } from "../../errors/domain-error";
import { ExpectedVersionError } from "../../errors/expected-version-error";
import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import { NotRetryableError } from "../../errors/not-retryable-error";
import { OperationConflictError } from "../../errors/operation-conflict-error";
import { ProjectionFoldError } from "../../errors/projection-fold-error";
import { StoreUnavailableError } from "../../errors/store-unavailable-error";
import { SubscriptionStoppedError } from "../../errors/subscription-stopped-error";
import { UnknownEventError } from "../../errors/unknown-event-error";
import { WaitError } from "../../errors/wait-error";

/** Errors of the framework that say that something is broken or busy, and nothing about the command. */
const TECHNICAL = [
  CommandAbortedError,
  ConfigurationError,
  DeadlineExceededError,
  DeserializationError,
  ExpectedVersionError,
  IncorrectUsageError,
  NotRetryableError,
  OperationConflictError,
  ProjectionFoldError,
  StoreUnavailableError,
  SubscriptionStoppedError,
  UnknownEventError,
  WaitError,
] as const;

/**
 * Whether an error says that the domain refuses the command: a DomainError, of the application or of the framework, that is no technical
 * one. It is the result of the command. All others are technical failures: the command is tried again.
 */
export function isRefusal(error: unknown): error is DomainError {
  return error instanceof DomainError && !TECHNICAL.some((type) => error instanceof type);
}

/** Whether others were faster: another attempt finds another state. */
export function isLostRace(error: unknown): boolean {
  return error instanceof ExpectedVersionError || error instanceof OperationConflictError;
}

/** Whether a technical failure would be the same in another attempt. */
export function isHopelessCommand(error: unknown): boolean {
  return error instanceof NotRetryableError || error instanceof UnreadableCommandError;
}

/** What the queue holds of a command cannot be read. Shown as the reason for which it is parked. */
export class UnreadableCommandError extends Error {
  override readonly name = "UnreadableCommandError";
}
