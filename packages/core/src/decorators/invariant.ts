import { markMethod } from "./method-decorator";

/** Decorates a method without parameters that throws a ValidationError when its aggregate's state is not allowed. */
interface InvariantDecorator {
  (target: object, method: string | symbol, descriptor: TypedPropertyDescriptor<() => void>): void;
  <T>(method: (this: T) => void, context: ClassMethodDecoratorContext<T, (this: T) => void>): void;
}

/**
 * Marks rules that an aggregate's state must keep: `@invariant.post` is checked after each raised event, `@invariant.pre`
 * before each but the first. A replay checks neither, so that what was accepted once stays loadable.
 */
export const invariant: { readonly pre: InvariantDecorator; readonly post: InvariantDecorator } = {
  pre: (...place: readonly unknown[]) => markMethod(place, { kind: "invariant.pre" }),
  post: (...place: readonly unknown[]) => markMethod(place, { kind: "invariant.post" }),
};
