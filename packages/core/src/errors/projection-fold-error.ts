import { reasonOf } from "../wording/in-words";
import { brandError, DomainError } from "./domain-error";

/** A stored event could not be folded into the rows of a projection, outside of its subscription. The failure is its `cause`. */
export class ProjectionFoldError extends DomainError {
  constructor(
    details: {
      /** What was to be done: `verify AccountSummary`. */
      attempted: string;
      projection: string;
      /** The method that failed: `AccountSummary.deposited`. */
      place: string;
      type: string;
      stream: string;
      position: number;
      globalPosition: number;
    },
    cause: unknown,
  ) {
    const { attempted, place, type, stream, position, globalPosition } = details;
    super(
      `Cannot ${attempted}: ${place} failed on event ${JSON.stringify(type)} at global position ${globalPosition}, ` +
        `position ${position} of stream ${JSON.stringify(stream)}: ${reasonOf(cause)}`,
      { code: "PROJECTION_FOLD_FAILED", details, cause },
    );
  }
}

brandError(ProjectionFoldError, "ProjectionFoldError");
