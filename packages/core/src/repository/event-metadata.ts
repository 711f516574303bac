import { type Cause, withExtensions } from "../causation/cause";
import type { EventEnrichers, EventEnrichmentContext } from "../causation/enrichers";
import { checkEventSize } from "../event-store/event-size";

/**
 * Makes the metadata of one event as JSON text: its cause, and what enrichers add.
 * @throws ValidationError when it takes more than `maxEventBytes`; as `Enrichers.extensionsOf`.
 */
export function eventMetadata(
  event: object,
  cause: Cause,
  place: Pick<EventEnrichmentContext, "type" | "aggregate" | "aggregateId" | "version">,
  { enrichers, maxEventBytes }: { readonly enrichers: EventEnrichers; readonly maxEventBytes: number },
): string {
  const { correlationId, causationId, extensions = {} } = cause;
  const context = { ...place, correlationId, ...(causationId !== undefined && { causationId }), extensions };
  const all = enrichers.extensionsOf(event, context);
  const metadata = all === extensions ? cause.metadata : withExtensions(cause, all).metadata;
  checkEventSize(metadata, maxEventBytes, `the metadata of ${place.type}`);
  return metadata;
}
