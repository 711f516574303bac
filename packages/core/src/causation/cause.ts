import type { CommandReference, EventMetadata } from "../event-store/event-metadata";
import { exactJson } from "../schema/exact-json";
import type { Extensions } from "./enrichers";

/** What led to an event: stamped on its metadata. */
export interface Cause {
  /** The same for everything that one request from outside sets off. */
  readonly correlationId: string;
  /** The command that raises the event; absent outside a command. */
  readonly causationId?: string;
  /** That command, after those in whose handlers it is processed; empty outside a command. */
  readonly commands: readonly CommandReference[];
  /** What enrichers added to those commands; absent where they added nothing. */
  readonly extensions?: Extensions;
  /** All of it as the JSON text that is stored, made once for all events of the cause. */
  readonly metadata: string;
}

/** The cause of what happens outside a command. */
export function causeOf(correlationId: string): Cause {
  return { correlationId, commands: [], metadata: JSON.stringify({ correlationId }) };
}

/**
 * The cause of what a command does.
 * @param outer that of the handler in which it is processed.
 * @param correlationId the outer one's, else the command's own id, where absent.
 */
export function commandCause(
  command: CommandReference,
  outer: Cause | undefined,
  correlationId = outer?.correlationId ?? command.id,
): Cause {
  const { id: causationId, type: commandType } = command;
  const ids = { correlationId, causationId, commandType };
  const isOutermost = outer === undefined || outer.commands.length === 0;
  const metadata: EventMetadata = isOutermost ? ids : { ...ids, outerCommands: outer.commands };
  const commands = isOutermost ? [command] : [...outer.commands, command];
  const cause = { correlationId, causationId, commands, metadata: JSON.stringify(metadata) };
  return outer?.extensions === undefined ? cause : withExtensions(cause, outer.extensions);
}

/** The cause with these extensions in the place of its own. */
export function withExtensions(cause: Cause, extensions: Extensions): Cause {
  const noted = JSON.parse(cause.metadata) as EventMetadata;
  return { ...cause, extensions, metadata: exactJson({ ...noted, extensions }) };
}
