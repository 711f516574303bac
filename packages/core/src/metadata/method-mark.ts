import "reflect-metadata";

import type { Class } from "./class-types";

// esbuild and swc look this symbol up when a decorated class is defined; Node has none of its own yet.
(Symbol as { metadata?: symbol }).metadata ??= Symbol.for("Symbol.metadata");

/** What a method can be marked as: its decorator, as it is written after the `@`. */
export type MethodKind =
  | "apply"
  | "handle"
  | "invariant.pre"
  | "invariant.post"
  | "on"
  | "read"
  | "rejected"
  | "timer"
  | "useCase";

/** What a method decorator stores about its method. */
export interface MethodMark {
  readonly kind: MethodKind;
  readonly method: string | symbol;
  /** The class of an event, a command or a query that is written in the decorator; absent for a bare one. */
  readonly message?: Class;
  /** The name of a timer that is written in the decorator. */
  readonly timer?: string;
  /** What is written behind the class; the model checks it. */
  readonly options?: unknown;
  /** Why the decorator cannot work where it stands. */
  readonly fault?: string;
}

type Marks = readonly MethodMark[];

const MARKS = Symbol.for("tidemark.method-marks");

/** Adds a mark with `experimentalDecorators`. @param target the prototype. */
export function markLegacyMethod(target: object, mark: MethodMark): void {
  const inherited = (Reflect.getMetadata(MARKS, target) as Marks | undefined) ?? [];
  Reflect.defineMetadata(MARKS, withMark(inherited, mark), target);
}

/** Adds a mark with standard decorators, which run before the class exists: its metadata object does already. */
export function markStandardMethod(metadata: DecoratorMetadataObject, mark: MethodMark): void {
  const inherited = (metadata[MARKS] as Marks | undefined) ?? [];
  metadata[MARKS] = withMark(inherited, mark);
}

/** Returns all marks of a class's methods, inherited ones included, in order of declaration. */
export function methodMarks(target: Class): Marks {
  const legacy = (Reflect.getMetadata(MARKS, target.prototype as object) as Marks | undefined) ?? [];
  return [...legacy, ...standardMarks(target)];
}

/** Goes through the classes one by one, because not every compiler lets a subclass's metadata inherit that of its parent. */
function standardMarks(target: Class): Marks {
  const parent: unknown = Object.getPrototypeOf(target);
  const inherited = typeof parent === "function" ? standardMarks(parent as Class) : [];
  const metadata = (target as { [Symbol.metadata]?: DecoratorMetadataObject | null })[Symbol.metadata];
  const own = (metadata?.[MARKS] as Marks | undefined) ?? [];
  return own.reduce(withMark, inherited);
}

/** Returns the class of a method's first parameter; `undefined` when the compiler emitted none, or the type is not a class. */
export function emittedParameter(target: Class, method: string | symbol): Class | undefined {
  const types = Reflect.getMetadata("design:paramtypes", target.prototype as object, method) as
    | readonly unknown[]
    | undefined;
  const [first] = types ?? [];
  // Compilers write Object for every type that is not a class, and Function for a class that is imported as a type.
  return typeof first === "function" && first !== Object && first !== Function ? (first as Class) : undefined;
}

/** Returns a copy, so that a subclass never adds to the list of its parent. */
function withMark(marks: Marks, mark: MethodMark): Marks {
  const same = (other: MethodMark) =>
    other.kind === mark.kind &&
    other.method === mark.method &&
    other.message === mark.message &&
    other.timer === mark.timer;
  return [...marks.filter((other) => !same(other)), mark];
}
