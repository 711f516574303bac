import { brandError, DomainError } from "./domain-error";

/** Rows of a projection could not be folded again. The present rows are as they were. What an event failed with is its `cause`. */
export class RebuildError extends DomainError {
  /** The name of the projection. */
  readonly projection: string;
  /** Where it stopped; undefined where no event is to blame. */
  readonly globalPosition: number | undefined;

  /** @param details.explanation what kept it from ending, and what to do. */
  constructor(
    details: {
      projection: string;
      explanation: string;
      /** The method that failed: `AccountSummary.deposited`. */
      place?: string;
      /** The stored type of the event that failed. */
      type?: string;
      stream?: string;
      position?: number;
      globalPosition?: number;
    },
    cause?: unknown,
  ) {
    super(`Cannot rebuild ${details.projection}: ${details.explanation}`, { code: "REBUILD_FAILED", details, cause });
    this.projection = details.projection;
    this.globalPosition = details.globalPosition;
  }
}

brandError(RebuildError, "RebuildError", 409);
