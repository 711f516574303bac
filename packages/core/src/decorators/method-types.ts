import type { ClassOf } from "../metadata/class-types";

/**
 * A method decorator in either flavour of the language: of experimentalDecorators, which give `(prototype, name, descriptor)`, and a
 * standard one, which is given `(method, context)`. One signature for both, because the compiler's message about two would not
 * say which of them was meant.
 *
 * `Rule` says of a method's type whether the decorator takes it.
 */
export type MethodDecoratorBy<Rule extends MethodRule> = <Target, Descriptor = NoDescriptor>(
  target: Target extends AnyMethod ? Judged<Target, Rule, Target> : Target,
  place: PlaceOf<Target, Descriptor, object>,
  descriptor?: Descriptor extends TypedPropertyDescriptor<infer Method> ? Judged<Method, Rule, Descriptor> : Descriptor,
) => void;

/**
 * The same, with another rule for the methods of classes that extend `Root`. A type of its own, because the compiler has to find out the
 * class of each method, which would take its time for those of all other decorators.
 */
export type MethodDecoratorByClass<Rule extends MethodRule, Root, Inside extends MethodRule> = <
  Target,
  Descriptor = NoDescriptor,
  Context = object,
>(
  target: Target extends AnyMethod ? Judged<Target, OwnerOf<Context> extends Root ? Inside : Rule, Target> : Target,
  place: PlaceOf<Target, Descriptor, Context>,
  descriptor?: Descriptor extends TypedPropertyDescriptor<infer Method>
    ? Judged<Method, Target extends Root ? Inside : Rule, Descriptor>
    : Descriptor,
) => void;

/** What a decorator takes, and what the compiler says about a method of another type. */
interface MethodRule {
  readonly takes: AnyMethod;
  /** Ends the compiler's message, as a type: a text, or an object with the method that the decorator takes. */
  readonly advice: unknown;
  /** What the second parameter is given, or is declared as; absent where `takes` says it. */
  readonly second?: { readonly given: unknown; readonly or: unknown };
  /** The message about a method that returns a promise; absent where it may. */
  readonly noPromise?: string;
}

/** The instances of the class that a standard decorator stands in, by what it is given beside the method. */
type OwnerOf<Context> = Context extends { readonly access: { get(object: infer Owner): unknown } } ? Owner : unknown;

/** The class `C` where its instances are of type `Root`, otherwise the text `Advice`. A bare decorator is given a method. */
export type ClassOrAdvice<C, Root, Advice extends string> = C extends AnyMethod
  ? Advice
  : C extends ClassOf<Root>
    ? C
    : Advice;

type AnyMethod = (...parameters: never[]) => unknown;

type NoDescriptor = "the member is no method";

/** The type `Given` where the decorator takes the method, otherwise the advice. */
type Judged<Method, Rule extends MethodRule, Given> = Method extends Rule["takes"]
  ? SecondFits<Method, Rule["second"]> extends true
    ? Resolved<Method, Rule, Given>
    : Rule["advice"]
  : Rule["advice"];

type SecondFits<Method, Second extends MethodRule["second"]> = Second extends {
  readonly given: infer Passed;
  readonly or: infer Declared;
}
  ? Method extends (first: never, second: infer Parameter, ...rest: never[]) => unknown
    ? Passed extends Parameter
      ? true
      : Parameter extends Declared
        ? true
        : false
    : true
  : true;

type Resolved<Method extends AnyMethod, Rule extends MethodRule, Given> = Rule extends {
  readonly noPromise: infer Advice;
}
  ? IsPromise<ReturnType<Method>> extends true
    ? Advice
    : Given
  : Given;

/** False for `any`, `never` and `unknown`, which say nothing. */
type IsPromise<Result> = [Result] extends [never]
  ? false
  : unknown extends Result
    ? false
    : Result extends PromiseLike<unknown>
      ? true
      : false;

/** The second argument. A field gets no descriptor in the older flavour, and its decorator no method in the standard one. */
type PlaceOf<Target, Descriptor, Context> = Target extends AnyMethod
  ? Context
  : Target extends undefined
    ? "this decorator stands on a method, not on a field"
    : Descriptor extends NoDescriptor
      ? "this decorator stands on a method, not on a field"
      : string | symbol;
