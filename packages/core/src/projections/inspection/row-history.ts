import type { ProjectionModel } from "../../model/projection-model";
import { deeplyFrozen } from "../../schema/copying";
import type { ConsumedEvent } from "../../subscriptions/reading/consumed-event";
import type { RowFolding } from "../row-folding";
import { encodedRow } from "./encoded-row";
import { FoldedRows } from "./folded-rows";
import type { ProjectedEvents } from "./projected-events";
import type { FindRowPositions } from "./row-positions";

/** How to explain a row. */
export interface ExplainRowOptions {
  /** Ends the iteration with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** An event that has changed a row, and the row after it. */
export interface RowChange<P = object> {
  /** The stored type. */
  readonly type: string;
  readonly stream: string;
  readonly position: number;
  readonly globalPosition: number;
  readonly recordedAt: Date;
  /** An instance of its class, upcast, frozen. */
  readonly event: object;
  /** The methods that folded it: `AccountSummary.deposited`. */
  readonly places: readonly string[];
  /** Frozen; undefined where the event has deleted the row. */
  readonly row: P | undefined;
}

interface HistoryParts {
  readonly model: ProjectionModel;
  readonly folding: RowFolding;
  readonly events: ProjectedEvents;
  readonly positions: FindRowPositions;
}

/**
 * Folds one row again and gives each event that has changed it with the row after it, up to the position up to which the stored row is
 * folded.
 *
 * @throws ProjectionFoldError for an event that cannot be folded any more; the signal's reason.
 */
export async function* rowHistory(
  { model, folding, events, positions }: HistoryParts,
  id: string,
  { signal }: ExplainRowOptions = {},
): AsyncGenerator<RowChange, void, undefined> {
  signal?.throwIfAborted();
  const folded = await positions(signal);
  let changes: RowChange[] = [];
  const changed = (key: string, row: object | undefined, event: ConsumedEvent, places: readonly string[]) => {
    const stored = encodedRow(folding, key, row);
    changes.push(changeOf(event, places, stored && deeplyFrozen(folding.codec.decode(stored))));
  };
  const takes = (key: string) => key === id;
  const rows = new FoldedRows({
    attempted: `explain row ${JSON.stringify(id)} of ${model.name}`,
    folding,
    takes,
    changed,
  });
  for await (const page of events.in({ after: 0, to: folded.of(id), signal })) {
    let failure: { readonly error: unknown } | undefined;
    try {
      rows.fold(page, folded);
    } catch (error) {
      failure = { error };
    }
    const found = changes;
    changes = [];
    yield* found;
    if (failure !== undefined) throw failure.error;
  }
}

function changeOf(consumed: ConsumedEvent, places: readonly string[], row: object | undefined): RowChange {
  const { type, stream, position, globalPosition, time, event } = consumed;
  return { type, stream, position, globalPosition, recordedAt: new Date(time), event, places, row };
}
