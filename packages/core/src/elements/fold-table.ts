import type { Class } from "../metadata/class-types";
import { emittedParameter, type MethodMark, methodMarks } from "../metadata/method-mark";
import { deprecation } from "./domain-event";

/** One `@apply` method and the event that it folds. The event is absent where neither the decorator nor metadata names it. */
interface Fold {
  readonly method: string | symbol;
  readonly event?: Class;
}

const folds = new WeakMap<Class, readonly Fold[]>();
const tables = new WeakMap<Class, ReadonlyMap<Class, string | symbol>>();

/** Lists every `@apply` method of an aggregate class. */
export function foldsOf(aggregate: Class): readonly Fold[] {
  let known = folds.get(aggregate);
  if (known === undefined) {
    known = methodMarks(aggregate)
      .filter((mark) => mark.kind === "apply" && (mark.fault === undefined || mark.message !== undefined))
      .map((mark) => ({ method: mark.method, ...eventOf(aggregate, mark) }))
      .filter(isFirstMention);
    folds.set(aggregate, known);
  }
  return known;
}

/** Returns the methods of an aggregate class by the event that they fold when it is raised, without deprecated events. */
export function foldTable(aggregate: Class): ReadonlyMap<Class, string | symbol> {
  let table = tables.get(aggregate);
  if (table === undefined) {
    table = new Map(foldsOf(aggregate).flatMap(({ event, method }) => (isRaisable(event) ? [[event, method]] : [])));
    tables.set(aggregate, table);
  }
  return table;
}

function isRaisable(event: Class | undefined): event is Class {
  return event !== undefined && deprecation(event) === undefined;
}

/** A subclass may decorate a method again that it overrides. */
function isFirstMention({ method, event }: Fold, index: number, all: readonly Fold[]): boolean {
  return all.findIndex((other) => other.method === method && other.event === event) === index;
}

function eventOf(aggregate: Class, mark: MethodMark): { event?: Class } {
  const event = mark.message ?? emittedParameter(aggregate, mark.method);
  return typeof event === "function" && event !== Object ? { event: event as Class } : {};
}
