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
  return ({ type, time, data, metadata }) =>
    (correlation === undefined || metadata.correlationId === correlation) &&
    (causation === undefined || metadata.causationId === causation) &&
    (since === undefined || time >= since) &&
    (until === undefined || time <= until) &&
    isType(type) &&
    where.every((condition) => holds(condition, data));
}
