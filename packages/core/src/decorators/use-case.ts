import { markMethod } from "./method-decorator";
import type { MethodDecoratorBy } from "./method-types";

/** Decorates a method that returns a promise, because its unit of work is stored after the method has returned. */
type UseCaseDecorator = MethodDecoratorBy<{
  readonly takes: (...parameters: any[]) => Promise<unknown>;
  readonly advice: "a @useCase method returns a promise, because what it adds is stored after it has returned";
}>;

/**
 * Marks a method of an application service that runs in a unit of work when it is called on the object from `domain.serviceFor`.
 * Everything that the method adds, and that the commands it processes add, is stored together when it returns, or nothing is.
 */
export const useCase: UseCaseDecorator = (...place: readonly unknown[]) => markMethod(place, { kind: "useCase" });
