import "reflect-metadata";

import type { Class } from "./class-types";

// esbuild and swc look this symbol up when a decorated class is defined; Node has none of its own yet.
(Symbol as { metadata?: symbol }).metadata ??= Symbol.for("Symbol.metadata");

export type MethodKind = "apply" | "handle" | "invariant.pre" | "invariant.post" | "useCase";

/** What a method decorator says of its method. */
export interface MethodMark {
  readonly kind: MethodKind;
  readonly method: string | symbol;
  /** The event or command class written in the decorator; absent for a bare one. */
  readonly message?: Class;
  /** Why the decorator cannot work where it stands. */
  readonly fault?: string;
}

type Marks = readonly MethodMark[];

const MARKS = Symbol.for("tidemark.method-marks");

/** For `experimentalDecorators`: `target` is the prototype. */
export function markLegacyMethod(target: object, mark: MethodMark): void {
  const inherited = (Reflect.getMetadata(MARKS, target) as Marks | undefined) ?? [];
  Reflect.defineMetadata(MARKS, withMark(inherited, mark), target);
}

/** For standard decorators: the class does not exist yet, its metadata object does. */
export function markStandardMethod(metadata: DecoratorMetadataObject, mark: MethodMark): void {
  const inherited = (metadata[MARKS] as Marks | undefined) ?? [];
  metadata[MARKS] = withMark(inherited, mark);
}

/** All marks of a class's methods, inherited ones included, in order of declaration. */
export function methodMarks(target: Class): Marks {
  const legacy = (Reflect.getMetadata(MARKS, target.prototype as object) as Marks | undefined) ?? [];
  return [...legacy, ...standardMarks(target)];
}

/** Class by class: not every compiler lets a subclass's metadata inherit those of its parent. */
function standardMarks(target: Class): Marks {
  const parent: unknown = Object.getPrototypeOf(target);
  const inherited = typeof parent === "function" ? standardMarks(parent as Class) : [];
  const metadata = (target as { [Symbol.metadata]?: DecoratorMetadataObject | null })[Symbol.metadata];
  const own = (metadata?.[MARKS] as Marks | undefined) ?? [];
  return own.reduce(withMark, inherited);
}

/**
 * The class that a method's first parameter is declared with, where the compiler emitted it; `undefined` where
 * it did not. `Object` stands for a type that is no class.
 */
export function emittedParameter(target: Class, method: string | symbol): unknown {
  const types = Reflect.getMetadata("design:paramtypes", target.prototype as object, method) as
    | readonly unknown[]
    | undefined;
  return types?.[0];
}

/** A copy, so that a subclass never adds to the list of its parent. */
function withMark(marks: Marks, mark: MethodMark): Marks {
  const same = (other: MethodMark) =>
    other.kind === mark.kind && other.method === mark.method && other.message === mark.message;
  return [...marks.filter((other) => !same(other)), mark];
}
