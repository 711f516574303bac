import type { Domain, RecordedEvent } from "@tidemark/core";

import { typeFilter } from "./event-type";
import { type FieldCondition, holds } from "./field-condition";

/** What an event must be to be found; all of what is given has to hold. */
export interface EventConditions {
  /** Any of these types. */
  readonly type?: readonly string[];
  readonly correlation?: string;
  readonly causation?: string;
  readonly since?: Date;
  /** Itself included. */
  readonly until?: Date;
  readonly where?: readonly FieldCondition[];
}

/** @throws CommandError for a type that the domain does not have. */
export function eventFilter(domain: Domain, conditions: EventConditions): (event: RecordedEvent) => boolean {
  const { type: types, correlation, causation, since, until, where = [] } = conditions;
  const isType = types === undefined ? () => true : typeFilter(domain, types);
  return (event) =>
    (correlation === undefined || event.metadata.correlationId === correlation) &&
    (causation === undefined || event.metadata.causationId === causation) &&
    (since === undefined || event.time >= since) &&
    (until === undefined || event.time <= until) &&
    isType(event) &&
    where.every((condition) => holds(condition, event.data));
}
