import type { CommandsOptions } from "../commands/later/operating/queued-commands";
import type { QueuedCommandStatus } from "../commands/later/queued-command-status";
import type { CommandRoot } from "../elements/command";
import type { Constructor } from "../metadata/class-types";
import { callableMap } from "./callable-map";

/**
 * What `domain.commands` is: the registered commands by name, and a function that lists those that lie in the queue: that wait to be carried
 * out, are parked, or are finished and kept with what came of them. They come in the order of their ids.
 *
 * @throws IncorrectUsageError before `init()`, and for a name that no process manager has.
 */
export interface DomainCommands extends ReadonlyMap<string, Constructor<CommandRoot>> {
  (options?: CommandsOptions): Promise<readonly QueuedCommandStatus[]>;
}

/** Gives a function that lists queued commands the members of a map. */
export function domainCommands(
  registered: ReadonlyMap<string, Constructor<CommandRoot>>,
  list: (options?: CommandsOptions) => Promise<readonly QueuedCommandStatus[]>,
): DomainCommands {
  return callableMap(registered, list);
}
