import type { Enrichers, EnrichmentContext } from "../repository/enrichers";

/** What an enricher of commands is told of one that is about to be carried out. */
export interface CommandContext extends EnrichmentContext {
  /** The `causationId` of the events that it will lead to. */
  readonly commandId: string;
}

export type CommandEnrichers = Enrichers<CommandContext>;
