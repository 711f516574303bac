import type { Class } from "../metadata/class-types";
import { type MethodKind, type MethodMark, markLegacyMethod, markStandardMethod } from "../metadata/method-mark";

/**
 * Makes a decorator for methods that take one message: `@apply(DepositMade)` with its class, or bare `@apply`. Options may follow
 * the class.
 *
 * @returns a function of both flavours of the language, whose type `Decorator` describes.
 */
export function messageMethodDecorator<Decorator>(kind: MethodKind): Decorator {
  const decorate = (...args: readonly unknown[]) => {
    if (isPlace(args)) return markMethod(args, { kind });
    const [message, options] = args;
    const what =
      typeof message === "function"
        ? { kind, message: message as Class, ...(options !== undefined && { options }) }
        : { kind, fault: notAClass(args) };
    return (...place: readonly unknown[]) => markMethod(place, what);
  };
  return decorate as Decorator;
}

/**
 * Marks the method that a decorator stands on.
 * @param place `(prototype, name, descriptor)` in the legacy flavour, `(method, context)` in the standard one.
 */
export function markMethod(place: readonly unknown[], what: Omit<MethodMark, "method">): void {
  const context = place[1];
  if (typeof context === "object" && context !== null) {
    const { name, metadata, static: isStatic, private: isPrivate } = context as ClassMethodDecoratorContext;
    markStandardMethod(metadata, { ...what, method: name, ...placeFault(isStatic, isPrivate) });
  } else {
    const target = place[0] as object;
    const isStatic = typeof target === "function";
    markLegacyMethod(isStatic ? (target.prototype as object) : target, {
      ...what,
      method: context as string | symbol,
      ...placeFault(isStatic, false),
    });
  }
}

/** True for what a bare decorator is given: the place of its method. Options are given without a name. */
function isPlace([, second]: readonly unknown[]): boolean {
  if (typeof second !== "object" || second === null) return typeof second === "string" || typeof second === "symbol";
  return "metadata" in second || "kind" in second;
}

function notAClass(args: readonly unknown[]): string {
  if (args.length === 0) return "has empty parentheses: write the class into them";
  return args[0] === undefined
    ? "was given undefined: the class is not defined yet where the decorator stands, as in a circle of imports"
    : `was given ${JSON.stringify(args[0])}: it takes a class`;
}

function placeFault(isStatic: boolean, isPrivate: boolean): { readonly fault?: string } {
  if (isStatic) return { fault: "stands on a static method; it belongs on a method of the instance" };
  return isPrivate ? { fault: "stands on a #private method, which nothing outside can call" } : {};
}
