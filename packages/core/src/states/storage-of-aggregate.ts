import type { AggregateModel } from "../model/aggregate-model";
import { hasRow } from "../model/aggregate-storage";
import { aggregateTableName, aggregateViewName } from "../model/aggregate-tables";

/** How the aggregates of a class are stored, for tools. */
export interface StorageOfAggregate {
  /** `events`: in their stream alone. `state`: one row an aggregate, and its events in the log. `both`: a row, and all events for ever. */
  readonly stored: "events" | "state" | "both";
  /** What is right where row and events differ. */
  readonly truth: "events" | "state";
  readonly schemaVersion: number;
  /** How long events are kept, in milliseconds; absent for ever. */
  readonly keepEventsMs?: number;
  /** The table of the rows: `fidelis_customer_v1`; absent where there are none. */
  readonly table?: string;
  /** The view that shows the rows to other tools: `fidelis_customer`; absent where there are none. */
  readonly view?: string;
  /** The lists of fields of which no two aggregates have the same values. */
  readonly unique: readonly (readonly string[])[];
}

/** Describes how the aggregates of a class are stored. */
export function storageOfAggregate(model: AggregateModel): StorageOfAggregate {
  const { stored, truth, keepEventsMs, unique } = model.storage;
  return {
    stored,
    truth,
    schemaVersion: model.schemaVersion,
    ...(keepEventsMs !== undefined && { keepEventsMs }),
    ...(hasRow(model.storage) && { table: aggregateTableName(model), view: aggregateViewName(model) }),
    unique,
  };
}
