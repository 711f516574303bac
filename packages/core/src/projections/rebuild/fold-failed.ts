import { RebuildError } from "../../errors/rebuild-error";
import type { ConsumedEvent } from "../../subscriptions/reading/consumed-event";
import { reasonOf } from "../../wording/in-words";
import type { FoldFailure } from "../fold-failure";

/** Makes the error of a rebuild that an event has stopped. */
export function foldFailed(
  projection: string,
  { type, stream, position, globalPosition }: ConsumedEvent,
  { error, place }: FoldFailure,
): RebuildError {
  const explanation =
    `${place} failed on event ${JSON.stringify(type)} at global position ${globalPosition}, position ${position} of stream ` +
    `${JSON.stringify(stream)}: ${reasonOf(error)}. The present rows are as they were; correct the cause, and rebuild it again`;
  return new RebuildError({ projection, explanation, place, type, stream, position, globalPosition }, error);
}
