import type { CommandContext } from "../elements/command-context";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { Answer } from "../ports/answer";
import type { CommandCall } from "./command-call";

/**
 * Runs around every command: `domain.use`. `process` resolves to what it returns; an error that it throws before `next()`
 * refuses the command.
 *
 * @param next carries the command out, retries included, and gives what its handler returned, or the first result for a
 *   repeated idempotency key. Call it once, and await it.
 */
export type Middleware = (command: object, next: () => Promise<unknown>, context: CommandContext) => unknown;

/** @throws IncorrectUsageError for anything but a function. */
export function checkedMiddleware(middleware: Middleware): Middleware {
  if (typeof middleware === "function") return middleware;
  throw new IncorrectUsageError(
    `domain.use takes functions such as (command, next) => next(), found ${typeof middleware}`,
  );
}

/** Goes through all middleware in order, the first one outermost, and then carries the command out. */
export async function through(
  middleware: readonly Middleware[],
  call: CommandCall,
  carry: (call: CommandCall) => Answer<unknown>,
): Promise<unknown> {
  const enter = async (index: number): Promise<unknown> => {
    const current = middleware[index];
    if (current === undefined) return await carry(call);
    let isCalled = false;
    const next = async () => {
      if (isCalled) {
        throw new IncorrectUsageError(
          `Cannot process ${call.type} twice: its middleware ${current.name || index + 1} calls next() a second time`,
        );
      }
      isCalled = true;
      return await enter(index + 1);
    };
    return await current(call.parts.command, next, call);
  };
  return await enter(0);
}
