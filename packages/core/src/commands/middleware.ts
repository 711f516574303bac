import type { CommandContext } from "../elements/command-context";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { Answer } from "../ports/answer";
import type { CommandCall } from "./command-call";
import { NextOutcome } from "./next-outcome";

/**
 * Runs around every command: `domain.use`. `process` resolves to what it returns; an error that it throws before `next()`
 * refuses the command.
 *
 * @param next carries the command out, retries included, and gives what its handler returned, or the first result for a
 *   repeated idempotency key. Call it once, and await it. Where the middleware returns nothing, the command results in what
 *   `next()` gave. Where it does not look at the outcome of `next()`, `process` waits for that outcome, and an error rejects.
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
    let outcome: NextOutcome | undefined;
    let repeated: IncorrectUsageError | undefined;
    const next = (): Promise<unknown> => {
      if (outcome === undefined) {
        outcome = NextOutcome.of(enter(index + 1));
        return outcome;
      }
      repeated = new IncorrectUsageError(
        `Cannot process ${call.type} twice: its middleware ${current.name || index + 1} calls next() a second time`,
      );
      return NextOutcome.of(Promise.reject(repeated));
    };
    const given = await current(call.parts.command, next, call);
    if (repeated !== undefined) throw repeated;
    return outcome === undefined ? given : await concluded(given, outcome);
  };
  return await enter(0);
}

/**
 * Decides what a command results in: what its middleware returned, or else what `next()` gave.
 *
 * @throws the error of `next()` where the middleware does not look at it: the command failed.
 */
async function concluded(given: unknown, outcome: NextOutcome): Promise<unknown> {
  if (!outcome.isAwaited || (given === undefined && outcome.isPending)) await outcome;
  return given === undefined ? outcome.result : given;
}
