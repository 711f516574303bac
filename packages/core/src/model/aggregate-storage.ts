import type { DomainEventRoot } from "../elements/domain-event";
import type { ProjectionIndex } from "./projection-index";

/** How the aggregates of one class are stored. */
export interface AggregateStorage {
  /** `events`: in their stream alone. `state`: one row an aggregate, and its events in the log. `both`: a row, and all events for ever. */
  readonly stored: "events" | "state" | "both";
  /** What is right where row and events differ. */
  readonly truth: "events" | "state";
  /** How long events are kept, in milliseconds; undefined for ever. Only with `stored: "state"`. */
  readonly keepEventsMs: number | undefined;
  /** The indexes of its table, the unique ones among them. */
  readonly indexes: readonly ProjectionIndex[];
  /** The lists of fields of which no two aggregates have the same values. */
  readonly unique: readonly (readonly string[])[];
  /** Makes the opening event of an aggregate that moves from a row to events; see `domain.convertAggregate`. */
  readonly opening: ((state: any) => DomainEventRoot) | undefined;
}

/** Whether the aggregates of a class have a row, which their loads read. */
export function hasRow({ stored }: AggregateStorage): boolean {
  return stored !== "events";
}

/** Whether ordinary methods assign the fields of the aggregates of a class. Where not, `@apply` methods alone do. */
export function isOpen({ stored, truth }: AggregateStorage): boolean {
  return stored !== "events" && truth === "state";
}
