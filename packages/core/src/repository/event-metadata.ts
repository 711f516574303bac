import { type Cause, withExtensions } from "../causation/cause";
import type { Enrichers, EnrichmentContext } from "../causation/enrichers";
import { checkEventSize } from "../event-store/event-size";

/** What an enricher of events is told of one that is about to be stored. */
export interface EventEnrichmentContext extends EnrichmentContext {
  /** The aggregate's name. */
  readonly aggregate: string;
  readonly aggregateId: string;
  /** The aggregate's version with this event: its position in the stream. */
  readonly version: number;
  /** The id of the command that led to it; absent outside a command. */
  readonly causationId?: string;
}

export type EventEnrichers = Enrichers<EventEnrichmentContext>;

/**
 * The metadata of one event as JSON text: its cause, and what enrichers add.
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
