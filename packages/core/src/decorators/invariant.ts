import { markMethod } from "./method-decorator";
import type { MethodDecoratorBy } from "./method-types";

/** Decorates a method without parameters that throws a ValidationError when its aggregate's state is not allowed. */
type InvariantDecorator = MethodDecoratorBy<{
  readonly takes: () => unknown;
  readonly advice: "an invariant is a method without parameters, which looks at this";
  readonly noPromise: "an invariant throws at once, so it cannot be async";
}>;

/**
 * Marks rules that an aggregate's state must keep: `@invariant.post` is checked after each raised event, `@invariant.pre`
 * before each but the first. A replay checks neither, so that what was accepted once stays loadable.
 */
export const invariant: { readonly pre: InvariantDecorator; readonly post: InvariantDecorator } = {
  pre: (...place: readonly unknown[]) => markMethod(place, { kind: "invariant.pre" }),
  post: (...place: readonly unknown[]) => markMethod(place, { kind: "invariant.post" }),
};
