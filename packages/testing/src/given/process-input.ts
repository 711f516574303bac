import { type CommandRoot, DomainError, IncorrectUsageError } from "@tidemark/core";

/** A timer of an instance of a process manager that fires, for `given(FundsTransfer, …).when(…)`. */
export class FiredTimer {
  /** @param name as in `@timer("expiry")`. */
  constructor(readonly name: string) {}
}

/** A command of an instance of a process manager that the domain refuses, for `given(FundsTransfer, …).when(…)`. */
export class RejectedCommand {
  constructor(
    readonly command: CommandRoot,
    readonly reason: DomainError,
  ) {}
}

/**
 * A timer fires: `given(FundsTransfer, asked).when(timer("expiry"))`. Nothing happens where the instance has not set it, or has cancelled it.
 * @throws IncorrectUsageError for what is no name.
 */
export function timer(name: string): FiredTimer {
  if (typeof name !== "string")
    throw new IncorrectUsageError(
      'timer takes the name of a timer, such as timer("expiry"): the decorator is in @tidemark/core',
    );
  return new FiredTimer(name);
}

/**
 * The domain refuses a command that the instance has issued: `given(FundsTransfer, asked).when(rejected(new Withdraw({…}), error))`. As on a
 * server, its method gets an error with the name, code, message and details of this one.
 *
 * @throws IncorrectUsageError for what is no command and no error of the domain.
 */
export function rejected(command: CommandRoot, reason: DomainError): RejectedCommand {
  if (typeof command !== "object" || command === null)
    throw new IncorrectUsageError(
      "rejected takes a command, rejected(new Withdraw({…}), error): the decorator is in @tidemark/core",
    );
  if (!(reason instanceof DomainError))
    throw new IncorrectUsageError(
      `rejected(${command.constructor.name}, …) takes an error of the domain second, such as a ValidationError`,
    );
  return new RejectedCommand(command, reason);
}
