import type { z } from "zod";

import { ConfigurationError } from "../errors/configuration-error";
import type { Fields } from "../schema/fields";
import { checkParts } from "../schema/unsupported-parts";
import { Message, type MessageClass, messageClass } from "./message";

/** The root of every command class: what `process` takes, and gives an `R` for. */
export abstract class CommandRoot<R = unknown> extends Message {
  /**
   * Tells commands from other objects, and the declared result of one. Only the compiler knows the property: no instance has it.
   * It is no symbol, so that two copies of this package have the same type, and that declaration files of applications can write it.
   */
  declare readonly "~command": R;
  /** The schema of the result of its handler, where the command declares one. */
  declare static readonly returns: z.ZodType | undefined;
}

/** The declared result of a command's handler; `unknown` where the command declares none. */
export type ResultOf<C> = C extends CommandRoot<infer R> ? R : unknown;

/** The class that `Command({…}, { returns })` returns. */
export interface ReturningCommandClass<S extends Fields, R extends z.ZodType>
  extends MessageClass<S, CommandRoot<z.output<R>>> {
  readonly returns: R;
}

/**
 * Returns the class to extend for a command with these fields: a request that `domain.process` passes to its handler.
 *
 * ```ts
 * class MakeDeposit extends Command({ accountId: identifier(), amount: z.number() }) {}
 * class OpenAccount extends Command({ holderName: z.string() }, { returns: z.string() }) {}   // process() gives a string
 * ```
 *
 * `returns` is the schema of the handler's result: it types `process` and `@handle`, and the result is checked against it before
 * anything is stored. Nothing is filled in or converted.
 *
 * @throws ConfigurationError for a field whose type cannot be stored, and for a result whose schema cannot be checked.
 */
export function Command<S extends Fields>(fields: S): MessageClass<S, CommandRoot>;
export function Command<S extends Fields, R extends z.ZodType>(
  fields: S,
  options: { readonly returns: R },
): ReturningCommandClass<S, R>;
export function Command<S extends Fields>(
  fields: S,
  { returns }: { readonly returns?: z.ZodType } = {},
): MessageClass<S, CommandRoot> {
  const faults: string[] = [];
  if (returns !== undefined) checkParts(returns, (fault) => faults.push(`returns: ${fault}`));
  if (faults.length > 0) throw new ConfigurationError(faults, "a declared command");
  const message = messageClass(CommandRoot, fields);
  return Object.assign(message, { returns });
}
