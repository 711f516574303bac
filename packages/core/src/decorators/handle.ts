import type { ResultOf } from "../elements/command";
import type { CommandContext } from "../elements/command-context";
import type { Class } from "../metadata/class-types";
import { messageMethodDecorator } from "./method-decorator";

type Handles<C> = (command: C, context: CommandContext) => ResultOf<C> | Promise<ResultOf<C>>;

/**
 * Decorates a method that takes a command and, if it wants, the command's context. With a class, the compiler checks the method's
 * parameter and result against it, in both flavours of the language. Bare, the class comes from the emitted type of the parameter.
 */
interface HandleDecorator {
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
 * Marks the method of a command handler that carries out one command. `domain.process` resolves to what the method returns, or
 * resolves to. When the method throws, `domain.process` rejects with that error, and nothing that the method added is stored.
 *
 * The method runs again from its start when another writer was faster, so it must do nothing that must not be done twice.
 *
 * @throws ConfigurationError at `domain.init()` when another method handles the command already.
 */
export const handle = messageMethodDecorator<HandleDecorator>("handle");
