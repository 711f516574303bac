import type { QueueEntry } from "../../ports/command-queue";
import type { AppendRequest } from "../../ports/event-log";
import type { CommandRejectedData, RejectionReason } from "./command-rejected";
import type { IssuingProcess, QueuedCommand } from "./queued-command";

/** Makes the event that tells an instance of a process manager that a command of its own is not carried out. */
export function rejectedEvent(
  { id, type: commandType, number, data }: QueueEntry,
  reason: RejectionReason,
  time: number,
): AppendRequest {
  const { command, metadata, issuedBy } = JSON.parse(data) as QueuedCommand;
  const { stream, category, rejectedType: type } = issuedBy as IssuingProcess;
  const rejected: CommandRejectedData = { commandId: id, number, commandType, command, reason };
  const message = {
    id: `${id}:rejected`,
    type,
    time,
    data: JSON.stringify(rejected),
    metadata: JSON.stringify(metadata),
  };
  return { stream, category, messages: [message] };
}
