import type { Class } from "../metadata/class-types";
import { type MethodKind, type MethodMark, markLegacyMethod, markStandardMethod } from "../metadata/method-mark";

/**
 * A decorator for methods that take one message. With a class it checks the method's parameter against it, in both
 * flavours of the language; bare it takes the class from the emitted type of the parameter.
 */
export interface MessageMethodDecorator {
  <E extends object>(
    message: Class<E>,
  ): {
    <M extends (message: E) => unknown>(
      target: object,
      method: string | symbol,
      descriptor: TypedPropertyDescriptor<M>,
    ): void;
    <T, M extends (this: T, message: E) => unknown>(method: M, context: ClassMethodDecoratorContext<T, M>): void;
  };
  <M extends (message: any) => unknown>(
    target: object,
    method: string | symbol,
    descriptor: TypedPropertyDescriptor<M>,
  ): void;
  <T, M extends (this: T, message: any) => unknown>(method: M, context: ClassMethodDecoratorContext<T, M>): void;
}

export function messageMethodDecorator(kind: MethodKind): MessageMethodDecorator {
  const decorate = (...args: unknown[]) => {
    if (args.length > 1) return mark(args, { kind });
    const [message] = args;
    if (typeof message === "function") return (...place: unknown[]) => mark(place, { kind, message: message as Class });
    return (...place: unknown[]) => mark(place, { kind, fault: notAClass(args) });
  };
  return decorate as MessageMethodDecorator;
}

/** @param place `(prototype, name, descriptor)` in the legacy flavour, `(method, context)` in the standard one. */
export function mark(place: readonly unknown[], what: Omit<MethodMark, "method">): void {
  const context = place[1];
  if (typeof context === "object" && context !== null) {
    const { name, metadata, static: isStatic, private: isPrivate } = context as ClassMethodDecoratorContext;
    markStandardMethod(metadata, { ...what, method: name, ...faultOf(isStatic, isPrivate) });
  } else {
    const target = place[0] as object;
    const isStatic = typeof target === "function";
    markLegacyMethod(isStatic ? (target.prototype as object) : target, {
      ...what,
      method: context as string | symbol,
      ...faultOf(isStatic, false),
    });
  }
}

function notAClass(args: readonly unknown[]): string {
  if (args.length === 0) return "has empty parentheses: write the class into them";
  return args[0] === undefined
    ? "was given undefined: the class is not defined yet where the decorator stands, as in a circle of imports"
    : `was given ${JSON.stringify(args[0])}: it takes a class`;
}

function faultOf(isStatic: boolean, isPrivate: boolean): { fault?: string } {
  if (isStatic) return { fault: "stands on a static method; it belongs on a method of the instance" };
  return isPrivate ? { fault: "stands on a #private method, which nothing outside can call" } : {};
}
