import { brandError, DomainError } from "./domain-error";

/** What is stored of an instance of a process manager cannot be read: its state has another version or shape, or is damaged. */
export class ProcessStateError extends DomainError {
  /** @param details.reason continues a sentence that begins with the state: `has version 1, from which no upcaster leads on`. */
  constructor(details: { process: string; id: string; reason: string }, cause?: unknown) {
    const { process, id, reason } = details;
    super(`Cannot go on with ${process} ${JSON.stringify(id)}: its state ${reason}`, {
      code: "PROCESS_STATE_UNREADABLE",
      details,
      cause,
    });
  }
}

brandError(ProcessStateError, "ProcessStateError");
