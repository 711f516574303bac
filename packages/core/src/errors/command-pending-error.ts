import { brandError, DomainError } from "./domain-error";

/** A command that runs later was not finished in the time that somebody waited for its result. It stays in the queue. */
export class CommandPendingError extends DomainError {
  /**
   * @param details.command the stored type of the command.
   * @param explanation how it stands, with what to do: `no worker has it; is a server running, \`domain server\`?`.
   */
  constructor(details: { id: string; command: string; timeoutMs: number; state: string }, explanation: string) {
    const { id, command, timeoutMs } = details;
    super(
      `Command ${JSON.stringify(id)} (${command}) has no result after ${timeoutMs} ms: ${explanation}. It stays in the queue`,
      { code: "COMMAND_PENDING", details },
    );
  }
}

brandError(CommandPendingError, "CommandPendingError", 504);
