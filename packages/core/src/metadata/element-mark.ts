import "reflect-metadata";

import type { Class } from "./class-types";

export type ElementKind =
  | "aggregate"
  | "entity"
  | "valueObject"
  | "event"
  | "command"
  | "commandHandler"
  | "snapshotMigration"
  | "upcaster";

/** What a class decorator says of its class. Options are kept as written; the registry checks them. */
export interface ElementMark {
  readonly kind: ElementKind;
  readonly options: Readonly<Record<string, unknown>>;
}

// Symbol.for: a second copy of this package reads what the first one wrote.
const MARKS = Symbol.for("tidemark.element-marks");

export function markElement(target: Class, mark: ElementMark): void {
  Reflect.defineMetadata(MARKS, [...elementMarks(target), mark], target);
}

/** The marks of this class itself; a subclass inherits none. */
export function elementMarks(target: object): readonly ElementMark[] {
  return (Reflect.getOwnMetadata(MARKS, target) as readonly ElementMark[] | undefined) ?? [];
}
