import { type Cause, withExtensions } from "../causation/cause";
import type { Enrichers, EnrichmentContext } from "../causation/enrichers";
import type { CommandReference } from "../event-store/event-metadata";

/** What an enricher of commands is told of one that is about to be carried out. */
export interface CommandEnrichmentContext extends EnrichmentContext {
  /** The `causationId` of the events that it will lead to. */
  readonly commandId: string;
}

export type CommandEnrichers = Enrichers<CommandEnrichmentContext>;

/** A command's cause with what enrichers add to what it carries on from the command around it. */
export function enrichedCause(
  command: object,
  { id: commandId, type }: CommandReference,
  cause: Cause,
  enrichers: CommandEnrichers,
): Cause {
  const { correlationId, extensions = {} } = cause;
  const all = enrichers.extensionsOf(command, { type, commandId, correlationId, extensions });
  return all === extensions || Object.keys(all).length === 0 ? cause : withExtensions(cause, all);
}
