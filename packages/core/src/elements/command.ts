import type { z } from "zod";
import type { Shape, ShapeOutput } from "../schema/shape";
import { Message, type MessageArguments, type MessageClass, messageClass } from "./message";

/** The root of every command class. */
export abstract class CommandRoot extends Message {
  /** The schema of what its handler returns, where the command declares one. */
  declare static readonly returns: z.ZodType | undefined;
}

declare const RESULT: unique symbol;

/** A command that declares what its handler returns. Known to the compiler only: no instance has the property. */
export interface Returning<R> {
  /** Never set. */
  readonly [RESULT]?: () => R;
}

/** What a command declares that its handler returns; `unknown` where it declares nothing. */
export type ResultOf<C> = C extends Returning<infer R> ? R : unknown;

/** The class that `Command({…}, { returns })` returns. */
export interface ReturningCommandClass<S extends z.ZodRawShape, R extends z.ZodType> {
  new (...values: MessageArguments<S>): Readonly<ShapeOutput<S>> & Returning<z.output<R>>;
  readonly shape: Shape<S>;
  readonly returns: R;
}

/**
 * The class to extend for a command with these fields: a request that `domain.process` gives to its handler.
 *
 * ```ts
 * class MakeDeposit extends Command({ accountId: identifier(), amount: z.number() }) {}
 * class OpenAccount extends Command({ holderName: z.string() }, { returns: z.string() }) {}   // process() gives a string
 * ```
 *
 * `returns` is what its handler returns: `process` and `@handle` are typed by it, and the result is checked against it before
 * anything is stored. Nothing is filled in or converted.
 *
 * @throws ConfigurationError when a field's type cannot be stored.
 */
export function Command<S extends z.ZodRawShape>(fields: S): MessageClass<S>;
export function Command<S extends z.ZodRawShape, R extends z.ZodType>(
  fields: S,
  options: { readonly returns: R },
): ReturningCommandClass<S, R>;
export function Command<S extends z.ZodRawShape>(
  fields: S,
  { returns }: { readonly returns?: z.ZodType } = {},
): MessageClass<S> {
  const message = messageClass(CommandRoot, fields);
  return Object.assign(message, { returns });
}
