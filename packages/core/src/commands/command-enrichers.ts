import type { Enrichers, EnrichmentContext, Extensions } from "../repository/enrichers";

/** What an enricher of commands is told of one that is about to be carried out. */
export interface CommandEnrichmentContext extends EnrichmentContext {
  /** The `causationId` of the events that it will lead to. */
  readonly commandId: string;
}

export type CommandEnrichers = Enrichers<CommandEnrichmentContext>;

/** What the events of a command carry on: of the command around it, and what enrichers add; undefined for nothing. */
export function commandExtensions(
  enrichers: CommandEnrichers,
  command: object,
  context: Omit<CommandEnrichmentContext, "extensions">,
  around: Extensions = {},
): Extensions | undefined {
  const extensions = enrichers.extensionsOf(command, { ...context, extensions: around });
  return Object.keys(extensions).length === 0 ? undefined : extensions;
}
