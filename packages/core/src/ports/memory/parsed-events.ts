import { DeserializationError } from "../../errors/deserialization-error";
import type { RecordedMessage } from "../stored-message";

/**
 * Parses consecutive events of one stream for a fold, all data at once. The types are taken from the messages: parsed anew, each would be
 * a text of its own, which a fold has to compare and hash.
 *
 * @returns alternately type and data, as a `FoldPage` holds them.
 * @throws DeserializationError naming the first event whose data is not the JSON text of an object.
 */
export function parsedEvents(messages: readonly RecordedMessage[]): unknown[] {
  const parts = parsedAtOnce(messages) ?? messages.map(parsedAlone);
  const events: unknown[] = [];
  for (let index = 0; index < messages.length; index++) events.push(messages[index]!.type, parts[index]);
  return events;
}

/** The data of each message; undefined where some is not what it should be. */
function parsedAtOnce(messages: readonly RecordedMessage[]): readonly unknown[] | undefined {
  let text = "[";
  for (let index = 0; index < messages.length; index++) {
    const { data } = messages[index]!;
    // Two torn texts could be whole together.
    if (!data.startsWith("{") || !data.endsWith("}")) return undefined;
    text += index === 0 ? data : `,${data}`;
  }
  const parts = parsed(`${text}]`);
  return Array.isArray(parts) && parts.length === messages.length && parts.every(isObject) ? parts : undefined;
}

function parsedAlone({ stream, position, data }: RecordedMessage): unknown {
  const part = parsed(data);
  if (isObject(part)) return part;
  throw new DeserializationError({ stream, position, reason: "its data is not the JSON text of an object" });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
