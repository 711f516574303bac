import type { z } from "zod";

import { ConfigurationError } from "../errors/configuration-error";
import type { Fields } from "../schema/fields";
import { checkParts } from "../schema/unsupported-parts";
import { inWords } from "../wording/in-words";
import { Message, type MessageClass, messageClass } from "./message";
import type { CommandProcessing } from "./processing-defaults";

/** The root of every command class: what `process` takes, and gives an `R` for. */
export abstract class CommandRoot<R = unknown, P extends CommandProcessing = CommandProcessing> extends Message {
  /**
   * Tells commands from other objects, and the declared result of one. Only the compiler knows the property: no instance has it.
   * It is no symbol, so that two copies of this package have the same type, and that declaration files of applications can write it.
   */
  declare readonly "~command": R;
  /** When it is carried out where the caller of `process` does not say. For the compiler alone as well. */
  declare readonly "~processing": P;
  /** The schema of the result of its handler, where the command declares one. */
  declare static readonly returns: z.ZodType | undefined;
  /** Whether `process` puts it into the queue where its caller does not say; undefined where `[processing] commands` decides. */
  declare static readonly asynchronous: boolean | undefined;
}

/** The declared result of a command's handler; `unknown` where the command declares none. */
export type ResultOf<C> = C extends CommandRoot<infer R> ? R : unknown;

/** The class that `Command({…}, { returns })` returns. */
export interface ReturningCommandClass<S extends Fields, R extends z.ZodType, P extends CommandProcessing = "default">
  extends MessageClass<S, CommandRoot<z.output<R>, P>> {
  readonly returns: R;
}

/** What `Command({…}, { asynchronous })` says of its class. */
type ProcessingOf<A extends boolean> = A extends true ? "async" : "sync";

/**
 * Returns the class to extend for a command with these fields: a request that `domain.process` passes to its handler.
 *
 * ```ts
 * class MakeDeposit extends Command({ accountId: identifier(), amount: z.number() }) {}
 * class OpenAccount extends Command({ holderName: z.string() }, { returns: z.string() }) {}   // process() gives a string
 * class ImportStatement extends Command({ file: z.string() }, { asynchronous: true }) {}      // process() gives a CommandHandle
 * ```
 *
 * `returns` is the schema of the handler's result: it types `process` and `@handle`, and the result is checked against it before
 * anything is stored. Nothing is filled in or converted. `asynchronous` says whether `process` puts the command into the queue, for a
 * server to carry out, where its caller does not say.
 *
 * @throws ConfigurationError for a field whose type cannot be stored, and for a result whose schema cannot be checked.
 */
export function Command<S extends Fields>(fields: S): MessageClass<S, CommandRoot<unknown, "default">>;
export function Command<S extends Fields, R extends z.ZodType>(
  fields: S,
  options: { readonly returns: R },
): ReturningCommandClass<S, R>;
export function Command<S extends Fields, A extends boolean>(
  fields: S,
  options: { readonly asynchronous: A },
): MessageClass<S, CommandRoot<unknown, ProcessingOf<A>>>;
export function Command<S extends Fields, R extends z.ZodType, A extends boolean>(
  fields: S,
  options: { readonly returns: R; readonly asynchronous: A },
): ReturningCommandClass<S, R, ProcessingOf<A>>;
export function Command<S extends Fields>(
  fields: S,
  { returns, asynchronous }: { readonly returns?: z.ZodType; readonly asynchronous?: boolean } = {},
): MessageClass<S, CommandRoot<unknown, any>> {
  const faults: string[] = [];
  if (returns !== undefined) checkParts(returns, (fault) => faults.push(`returns: ${fault}`));
  if (asynchronous !== undefined && typeof asynchronous !== "boolean")
    faults.push(`asynchronous: must be true or false, not ${inWords(asynchronous)}`);
  if (faults.length > 0) throw new ConfigurationError(faults, "a declared command");
  const message = messageClass(CommandRoot, fields);
  return Object.assign(message, { returns, asynchronous });
}
