import { markMethod } from "./method-decorator";

/** Decorates a method that returns a promise, because its unit of work is stored after the method has returned. */
interface UseCaseDecorator {
  <M extends (...args: any[]) => Promise<unknown>>(
    target: object,
    method: string | symbol,
    descriptor: TypedPropertyDescriptor<M>,
  ): void;
  <T, M extends (this: T, ...args: any[]) => Promise<unknown>>(
    method: M,
    context: ClassMethodDecoratorContext<T, M>,
  ): void;
}

/**
 * Marks a method of an application service that runs in a unit of work when it is called on the object from `domain.serviceFor`.
 * Everything that the method adds, and that the commands it processes add, is stored together when it returns, or nothing is.
 */
export const useCase: UseCaseDecorator = (...place: readonly unknown[]) => markMethod(place, { kind: "useCase" });
