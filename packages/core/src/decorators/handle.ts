import type { ResultOf } from "../elements/command";
import type { CommandContext } from "../elements/command-context";
import type { Class } from "../metadata/class-types";
import { messageMethodDecorator } from "./message-method";

type Handles<C> = (command: C, context: CommandContext) => ResultOf<C> | Promise<ResultOf<C>>;

/**
 * A decorator for methods that take a command and, where they want it, its context. With a class it checks the method's
 * parameter and what it returns against it, in both flavours of the language; bare it takes the class from the
 * emitted type of the parameter.
 */
export interface HandleDecorator {
  <C extends object>(
    command: Class<C>,
  ): {
    <M extends Handles<C>>(target: object, method: string | symbol, descriptor: TypedPropertyDescriptor<M>): void;
    <T, M extends (this: T, ...args: Parameters<Handles<C>>) => ReturnType<Handles<C>>>(
      method: M,
      context: ClassMethodDecoratorContext<T, M>,
    ): void;
  };
  <M extends (command: any, context: CommandContext) => unknown>(
    target: object,
    method: string | symbol,
    descriptor: TypedPropertyDescriptor<M>,
  ): void;
  <T, M extends (this: T, command: any, context: CommandContext) => unknown>(
    method: M,
    context: ClassMethodDecoratorContext<T, M>,
  ): void;
}

/**
 * Marks the method of a command handler that carries out one command. What it returns, or resolves to, is what
 * `domain.process` resolves to; what it throws rejects there, and nothing it added is stored.
 *
 * It runs again from the beginning when another writer was faster, so that it does nothing that must not be done twice.
 *
 * @throws ConfigurationError at `domain.init()` when another method handles the command already.
 */
export const handle = messageMethodDecorator("handle") as HandleDecorator;
