import type { QueryRoot } from "../elements/query";
import type { ClassOf } from "../metadata/class-types";
import { messageMethodDecorator } from "./method-decorator";
import type { ClassOrAdvice, MethodDecoratorBy } from "./method-types";

/** Decorates a method that takes a query and a view, and checks its parameter and result in both flavours of the language. */
type ReadDecorator = <C>(
  query: ClassOrAdvice<C, QueryRoot, "@read takes the class of a query, such as @read(RichAccounts)">,
) => MethodDecoratorBy<C extends ClassOf<QueryRoot<infer R>> ? Reading<C["prototype"], R> : Reading<any, unknown>>;

/** A method that answers a query of type `Q`, which declares the result `R`. */
interface Reading<Q, R> {
  readonly takes: (query: Q, view: any) => Unchanging<R> | Promise<Unchanging<R>>;
  readonly advice: { "@read takes": (query: Q) => Promise<R> };
}

/** Views give lists that nobody may change, which is all that a result needs to be. */
type Unchanging<R> = R extends readonly (infer Item)[] ? readonly Item[] : R;

/**
 * Marks the method of a query handler that answers one query. It is given the view of the handler's projection, and cannot write.
 *
 * @throws ConfigurationError at `domain.init()` when another method answers the query already.
 */
export const read = messageMethodDecorator<ReadDecorator>("read");
