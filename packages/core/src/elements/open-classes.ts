import type { Class } from "../metadata/class-types";
import { type ElementMark, elementMarks } from "../metadata/element-mark";
import { DomainEventRoot, deprecation } from "./domain-event";

/**
 * Whether a decorator says that an event is part of an aggregate class, and not that it is deprecated. The events of an open aggregate need no
 * `@apply` method, which tells so otherwise.
 */
export function isEventOf(event: unknown, aggregate: Class): boolean {
  if (!(event instanceof DomainEventRoot) || deprecation(event.constructor) !== undefined) return false;
  return elementMarks(event.constructor).some(({ kind, options: { partOf } }) => {
    if (kind !== "event") return false;
    return typeof partOf === "function"
      ? partOf === markedAggregate(aggregate)?.type
      : partOf === nameOfAggregate(aggregate);
  });
}

/** Names the aggregate that an event is declared as part of; undefined for an event without decorator. */
export function ownerInWords(event: Class): string | undefined {
  const mark = elementMarks(event).find(({ kind }) => kind === "event");
  if (mark === undefined) return undefined;
  const { partOf } = mark.options;
  return typeof partOf === "function" ? nameOfAggregate(partOf as Class) : String(partOf);
}

/** Returns the name that an aggregate class is known by: that of its decorator, otherwise that of the class. */
export function nameOfAggregate(type: Class): string {
  const owner = markedAggregate(type);
  const name = owner?.mark.options.name;
  return typeof name === "string" ? name : (owner?.type ?? type).name;
}

const known = new WeakMap<Class, boolean>();

/**
 * Whether ordinary methods assign the fields of the aggregates of a class. Its decorator says so, because aggregates are made before
 * `domain.init()` too; what a wrong decorator says does not matter, because no domain with it can be initialised. A class without
 * decorator is like the one it extends, and event-sourced where there is none.
 */
export function isOpenClass(type: Class): boolean {
  let open = known.get(type);
  if (open === undefined) {
    const marked = markedAggregate(type);
    open = marked !== undefined && isOpenMark(marked.mark);
    if (marked !== undefined) known.set(type, open);
  }
  return open;
}

interface MarkedAggregate {
  readonly type: Class;
  readonly mark: ElementMark;
}

/** Returns an aggregate class with what its decorator says; without decorator, the class that it extends. */
function markedAggregate(type: Class): MarkedAggregate | undefined {
  const mark = elementMarks(type).find(({ kind }) => kind === "aggregate");
  if (mark !== undefined) return { type, mark };
  const parent: unknown = Object.getPrototypeOf(type);
  return typeof parent === "function" && parent !== Function.prototype ? markedAggregate(parent as Class) : undefined;
}

function isOpenMark({ options: { stored, truth, eventSourced } }: ElementMark): boolean {
  if (stored === "events" || stored === "both") return stored === "both" && truth === "state";
  return stored === "state" || eventSourced !== true;
}
