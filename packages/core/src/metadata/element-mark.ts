import "reflect-metadata";

import type { Class } from "./class-types";

/** What a class decorator stores with its class. */
export interface ElementMark {
  /** A kind of element, such as `aggregate`; another version of this package may have written one that is unknown here. */
  readonly kind: string;
  /** As they were written; `domain.init()` checks them. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Its stack tells where the decorator stands. It is written only when a message needs it. */
  readonly site?: { readonly stack?: string };
  /** True for a standard decorator: its class has the name that was written, whatever a bundler made of it. */
  readonly isStandard?: boolean;
}

// With Symbol.for, a second copy of this package reads what the first one wrote.
const MARKS = Symbol.for("tidemark.element-marks");

/** Adds a mark to a class. */
export function markElement(target: Class, mark: ElementMark): void {
  Reflect.defineMetadata(MARKS, [...elementMarks(target), mark], target);
}

/** Returns the marks of this class itself. A subclass inherits none. */
export function elementMarks(target: object): readonly ElementMark[] {
  return (Reflect.getOwnMetadata(MARKS, target) as readonly ElementMark[] | undefined) ?? [];
}
