import type { z } from "zod";

import { Message, type MessageClass, messageClass } from "./message";

/** The root of every command class. */
export abstract class CommandRoot extends Message {}

/**
 * The class to extend for a command with these fields: a request that `domain.process` gives to its handler.
 *
 * @throws ConfigurationError when a field's type cannot be stored.
 */
export function Command<S extends z.ZodRawShape>(fields: S): MessageClass<S> {
  return messageClass(CommandRoot, fields);
}
