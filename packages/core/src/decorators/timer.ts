import { inWords } from "../wording/in-words";
import { markMethod } from "./method-decorator";
import type { MethodDecoratorBy } from "./method-types";

/** Decorates a method without parameters. */
type TimerDecorator = (name: string) => MethodDecoratorBy<{
  readonly takes: () => unknown;
  readonly advice: "a @timer method has no parameters: what it needs is in the state";
  readonly noPromise: "a process manager decides at once, so its methods cannot be async";
}>;

/**
 * Marks the method of a process manager that is called when the timer of that name fires: `@timer("expiry")`. A method sets it with
 * `this.setTimer("expiry", { after: "10m" })`.
 *
 * @param name letters, digits, `_` and `-`.
 * @throws ConfigurationError at `domain.init()` when another method has the timer already.
 */
export const timer = ((...args: readonly unknown[]) => {
  const [name] = args;
  // Bare, the decorator is given the place of its method.
  if (args.length > 1) return markMethod(args, { kind: "timer", fault: NAMELESS });
  const fault = args.length === 0 ? NAMELESS : `was given ${inWords(name)}: it takes the name of its timer`;
  const what = typeof name === "string" ? { timer: name } : { fault };
  return (...place: readonly unknown[]) => markMethod(place, { kind: "timer", ...what });
}) as TimerDecorator;

const NAMELESS = 'needs the name of its timer, such as @timer("expiry")';
