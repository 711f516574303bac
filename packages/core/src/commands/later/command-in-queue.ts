import { causeOfMetadata } from "../../causation/cause";
import type { EventMetadata } from "../../elements/event-metadata";
import type { Class } from "../../metadata/class-types";
import type { CommandModel } from "../../model/command-model";
import type { QueueEntry } from "../../ports/command-queue";
import { deeplyFrozen } from "../../schema/copying";
import { exactJson } from "../../schema/exact-json";
import { reasonOf } from "../../wording/in-words";
import type { IdentifiedCommand } from "../command-processor";
import type { QueuedCommand } from "./queued-command";
import { UnreadableCommandError } from "./refusal";

/** A command as it comes out of the queue. */
interface CommandOfQueue extends IdentifiedCommand {
  readonly queued: QueuedCommand;
}

/** How many of the commands that led to a command it carries along. */
const NEAR_COMMANDS = 10;

/**
 * Writes a command for the queue: the JSON text in the `data` of its entry.
 * @param metadata what its events are going to carry, as JSON text.
 */
export function encodedCommand(
  { command, model }: Pick<IdentifiedCommand, "command" | "model">,
  metadata: string,
  rest: Omit<QueuedCommand, "command" | "metadata">,
): string {
  const queued: QueuedCommand = {
    command: model.shape.encode({ ...command }),
    metadata: withoutFarCommands(JSON.parse(metadata) as EventMetadata),
    ...rest,
  };
  return exactJson(queued);
}

/**
 * Reads a command of the queue.
 * @param models the registered commands by their stored types.
 * @throws UnreadableCommandError where its data are no valid JSON, or do not fit its class as that is now.
 */
export function commandOfQueue(
  { id, type, data }: QueueEntry,
  models: ReadonlyMap<string, CommandModel>,
): CommandOfQueue {
  const model = models.get(type);
  if (model === undefined)
    throw new Error(
      `no command ${JSON.stringify(type)} is registered here: does a newer version of the application run?`,
    );
  const queued = parsed(data, id);
  return { command: restored(model, queued.command), model, cause: causeOfMetadata(queued.metadata), queued };
}

/** A command that puts the next one of its kind into the queue would otherwise carry more with each. */
function withoutFarCommands(metadata: EventMetadata): EventMetadata {
  const { outerCommands } = metadata;
  if (outerCommands === undefined || outerCommands.length <= NEAR_COMMANDS) return metadata;
  return { ...metadata, outerCommands: outerCommands.slice(-NEAR_COMMANDS) };
}

function parsed(data: string, id: string): QueuedCommand {
  try {
    return JSON.parse(data) as QueuedCommand;
  } catch (cause) {
    throw new UnreadableCommandError(`the data of queue entry ${JSON.stringify(id)} are not valid JSON`, { cause });
  }
}

/** A class whose fields have changed may have defaults for what is new: then its constructor takes the values. */
function restored({ type, name, shape }: CommandModel, stored: object): object {
  try {
    const values = shape.decode(stored);
    // JSON leaves out what is undefined.
    const absent = Object.fromEntries(shape.keys.map((key) => [key, undefined]));
    if (shape.complaints({ ...absent, ...values }) !== undefined)
      return new (type as Class as new (values: object) => object)(values);
    return deeplyFrozen(Object.assign(Object.create(type.prototype as object) as object, values));
  } catch (cause) {
    throw new UnreadableCommandError(`${name} does not fit its class any more: ${reasonOf(cause)}`, { cause });
  }
}
