import type { CommandRoot } from "../elements/command";
import type { CommandContext } from "../elements/command-context";
import type { ClassOf } from "../metadata/class-types";
import { messageMethodDecorator } from "./method-decorator";
import type { ClassOrAdvice, MethodDecoratorBy } from "./method-types";

/**
 * Decorates a method that takes a command and, if it wants, the command's context. With a class, the compiler checks the method's
 * parameter and result against it, in both flavours of the language. Bare, the class comes from the emitted type of the parameter.
 */
type HandleDecorator = (<C>(
  command: ClassOrAdvice<C, CommandRoot, "@handle takes the class of a command, such as @handle(MakeDeposit)">,
) => MethodDecoratorBy<
  C extends ClassOf<CommandRoot<infer R>> ? Handling<C["prototype"], R> : Handling<any, unknown>
>) &
  MethodDecoratorBy<Handling<any, unknown>>;

/** A method that handles a command of type `C`, which declares the result `R`. */
interface Handling<C, R> {
  readonly takes: (command: C, context: CommandContext) => R | Promise<R>;
  readonly advice: { "@handle takes": (command: C) => Promise<R> };
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
