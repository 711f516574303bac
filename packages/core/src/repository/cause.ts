import type { CommandReference, EventMetadata } from "../event-store/event-metadata";

/** What led to an event: stamped on its metadata. */
export interface Cause {
  /** The same for everything that one request from outside sets off. */
  readonly correlationId: string;
  /** The command that raises the event, after those in whose handlers it is processed; empty outside a command. */
  readonly commands: readonly CommandReference[];
  /** Both as the JSON text that is stored, made once for all events of the cause. */
  readonly metadata: string;
}

export function causeOf(correlationId: string, commands: readonly CommandReference[] = []): Cause {
  return { correlationId, commands, metadata: JSON.stringify(metadataOf(correlationId, commands)) };
}

function metadataOf(correlationId: string, commands: readonly CommandReference[]): EventMetadata {
  const command = commands.at(-1);
  if (command === undefined) return { correlationId };
  const { id: causationId, type: commandType } = command;
  if (commands.length === 1) return { correlationId, causationId, commandType };
  return { correlationId, causationId, commandType, outerCommands: commands.slice(0, -1) };
}
