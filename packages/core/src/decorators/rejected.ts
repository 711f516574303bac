import type { CommandRoot } from "../elements/command";
import type { DomainError } from "../errors/domain-error";
import type { ClassOf } from "../metadata/class-types";
import { messageMethodDecorator } from "./method-decorator";
import type { ClassOrAdvice, MethodDecoratorBy } from "./method-types";

/** Decorates a method that takes a command and an error, and checks its parameters in both flavours of the language. */
type RejectedDecorator = <C>(
  command: ClassOrAdvice<C, CommandRoot, "@rejected takes the class of a command, such as @rejected(MakeDeposit)">,
) => MethodDecoratorBy<Compensating<C extends ClassOf<CommandRoot> ? C["prototype"] : any>>;

/** A method for commands of type `C` that were refused. */
interface Compensating<C> {
  readonly takes: (command: C, reason: DomainError) => unknown;
  readonly advice: { "@rejected takes": (command: C, reason: DomainError) => void };
  readonly noPromise: "a process manager decides at once, so its methods cannot be async";
}

/**
 * Marks the method of a process manager that is called when the domain has refused a command that the instance had issued: it gets the
 * command and the error that the handler threw, and usually issues another command to make up for it.
 *
 * A technical failure does not come here: such a command is tried again. An instance whose command is refused, without such a method for
 * the command, is set aside.
 *
 * @throws ConfigurationError at `domain.init()` when another method takes the refusals of the command already.
 */
export const rejected = messageMethodDecorator<RejectedDecorator>("rejected");
