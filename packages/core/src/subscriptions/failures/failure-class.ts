import { DeserializationError } from "../../errors/deserialization-error";
import { NotRetryableError } from "../../errors/not-retryable-error";
import { StoreUnavailableError } from "../../errors/store-unavailable-error";
import { UnknownEventError } from "../../errors/unknown-event-error";
import { CheckpointLost, Interrupted } from "../holding/held-checkpoint";

/**
 * What kind of failure an event met. `handler`: its method threw, or what it asked for was refused. `unknown type`: the code does not know
 * its type. `undecodable`: its data cannot be read. `store`: the store cannot be reached. `fenced`: another server has its keys meanwhile.
 */
export type FailureClass = "handler" | "unknown type" | "undecodable" | "store" | "fenced";

/** Tells what kind of failure an error stands for. */
export function failureClassOf(error: unknown): FailureClass {
  if (error instanceof StoreUnavailableError) return "store";
  if (error instanceof UnknownEventError) return "unknown type";
  if (error instanceof DeserializationError) return "undecodable";
  if (error instanceof CheckpointLost || error instanceof Interrupted) return "fenced";
  return "handler";
}

/** Whether another attempt would end the same way. */
export function isHopeless(error: unknown): boolean {
  return (
    error instanceof NotRetryableError || error instanceof UnknownEventError || error instanceof DeserializationError
  );
}
