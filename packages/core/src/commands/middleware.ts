import type { CommandContext } from "../elements/command-context";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";

/**
 * Runs around every command: `domain.use`. What it returns is what `process` resolves to; what it throws before `next()` refuses
 * the command.
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

/** Goes through all middleware in order, the first one outermost, to `last`. */
export async function through(
  middleware: readonly Middleware[],
  command: object,
  context: CommandContext,
  last: () => Promise<unknown>,
): Promise<unknown> {
  const enter = async (index: number): Promise<unknown> => {
    const current = middleware[index];
    if (current === undefined) return await last();
    let isCalled = false;
    const next = async () => {
      if (isCalled) {
        throw new IncorrectUsageError(
          `Cannot process ${context.type} twice: its middleware ${current.name || index + 1} calls next() a second time`,
        );
      }
      isCalled = true;
      return await enter(index + 1);
    };
    return await current(command, next, context);
  };
  return await enter(0);
}
