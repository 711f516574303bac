import { mark } from "./message-method";

/** Decorates a method that returns a promise, since what it stores is stored after it has returned. */
export interface UseCaseDecorator {
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
 * Marks a method of an application service that runs in a unit of work, when it is called on what `domain.serviceFor` gives:
 * everything that it adds, and that the commands it processes add, is stored together when it returns, or nothing.
 */
export const useCase: UseCaseDecorator = (...place: unknown[]) => mark(place, { kind: "useCase" });
