import type { CommandReference, EventMetadata, EventReference } from "../elements/event-metadata";
import { exactJson } from "../schema/exact-json";
import { jsonString } from "../schema/flat-json";
import type { CommandEnrichers, Extensions } from "./enrichers";

/** What caused an event: stored as its metadata. */
export interface Cause {
  /** The same for everything that one request from outside causes. */
  readonly correlationId: string;
  /** The command that raises the event; absent outside a command. */
  readonly causationId?: string;
  /** The commands in whose handlers it happens, the outermost first; empty outside a command. */
  readonly commands: readonly CommandReference[];
  /** The event in whose handler it happens; absent outside of event handlers. */
  readonly event?: EventReference;
  /** What enrichers added to those commands; absent where they added nothing. */
  readonly extensions?: Extensions;
  /** All of this as the JSON text that is stored, made once for all events of the cause. */
  readonly metadata: string;
}

/** Makes the cause of what happens outside a command. */
export function causeOf(correlationId: string): Cause {
  return { correlationId, commands: [], metadata: JSON.stringify({ correlationId }) };
}

/** Makes the cause of what an event handler does. Correlation and extensions are those of the event. */
export function causeOfHandling(event: EventReference, metadata: EventMetadata): Cause {
  const { correlationId = event.eventId, extensions } = metadata;
  const cause = { correlationId, commands: [], event, metadata: JSON.stringify({ correlationId, cause: event }) };
  return extensions === undefined ? cause : withExtensions(cause, extensions);
}

/**
 * Makes the cause of what a command does.
 * @param outer the cause of the handler of commands or events in which the command is processed.
 * @param correlationId that of the outer cause, else the command's own id, where absent.
 */
export function commandCause(
  command: CommandReference,
  outer: Cause | undefined,
  correlationId = outer?.correlationId ?? command.id,
): Cause {
  const { id: causationId, type: commandType } = command;
  if (outer === undefined) {
    // In the order of the fields below: what most commands are caused by is written at once.
    const metadata = `{"correlationId":${jsonString(correlationId)},"causationId":${jsonString(causationId)},"commandType":${jsonString(commandType)}}`;
    return { correlationId, causationId, commands: [command], metadata };
  }
  const ids = { correlationId, causationId, commandType };
  const isOutermost = outer.commands.length === 0;
  const { event } = outer;
  const metadata: EventMetadata = {
    ...ids,
    ...(!isOutermost && { outerCommands: outer.commands }),
    ...(event !== undefined && { cause: event }),
  };
  const commands = isOutermost ? [command] : [...outer.commands, command];
  const cause = {
    correlationId,
    causationId,
    commands,
    ...(event !== undefined && { event }),
    metadata: JSON.stringify(metadata),
  };
  return outer.extensions === undefined ? cause : withExtensions(cause, outer.extensions);
}

/** Makes the cause of what a command does, of the metadata that its events are to carry. It was made when the command was put into the queue. */
export function causeOfMetadata({ traceparent: _, ...metadata }: EventMetadata): Cause {
  const { correlationId, causationId, commandType, outerCommands = [], cause: event, extensions } = metadata;
  const command = { id: causationId as string, type: commandType as string };
  return {
    correlationId: correlationId as string,
    causationId: command.id,
    commands: [...outerCommands, command],
    ...(event !== undefined && { event }),
    ...(extensions !== undefined && { extensions }),
    metadata: exactJson(metadata),
  };
}

/** Adds the extensions of enrichers to those that a command inherits from the command around it. */
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

/** Gives the cause other extensions. */
export function withExtensions(cause: Cause, extensions: Extensions): Cause {
  const noted = JSON.parse(cause.metadata) as EventMetadata;
  return { ...cause, extensions, metadata: exactJson({ ...noted, extensions }) };
}
