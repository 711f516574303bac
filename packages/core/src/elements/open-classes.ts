import type { Class } from "../metadata/class-types";
import { type ElementMark, elementMarks } from "../metadata/element-mark";
import { DomainEventRoot, deprecation } from "./domain-event";

/**
 * Whether a decorator says that an event is part of an aggregate class, and not that it is deprecated. The events of an open aggregate need no
 * `@apply` method, which tells so otherwise.
 */
export function isEventOf(event: unknown, aggregate: Class): boolean {
  if (!(event instanceof DomainEventRoot) || deprecation(event.constructor) !== undefined) return false;
  const owner = markedAggregate(aggregate);
  return elementMarks(event.constructor).some(({ kind, options: { partOf } }) => {
    if (kind !== "event") return false;
    if (typeof partOf === "function") return partOf === owner?.type;
    return partOf === (owner?.mark.options.name ?? owner?.type.name);
  });
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
