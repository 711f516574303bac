import { answered } from "../ports/answer";
import type { EventStoreAdapter } from "../ports/event-store-adapter";
import type { LoadedStream, LoadRequest, RowLookup } from "../ports/loaded-stream";
import { RowsOfUnit } from "../unit-of-work/rows-of-unit";
import type { UnitOfWork } from "../unit-of-work/unit-of-work";
import type { UnitsOfWork } from "../unit-of-work/units-of-work";
import type { InlineProjections } from "./inline-projections";

/**
 * Reads the rows of inline projections together with the aggregates that they are about, so that the commit of their unit of work need
 * not read them.
 */
export class RowsWithLoads implements Pick<EventStoreAdapter, "load"> {
  constructor(
    private readonly adapter: Pick<EventStoreAdapter, "load">,
    private readonly inline: InlineProjections,
    private readonly units: Pick<UnitsOfWork, "current">,
  ) {}

  load(request: LoadRequest): ReturnType<EventStoreAdapter["load"]> {
    const { current } = this.units;
    const isTemporal = request.maxVersion !== undefined || request.maxTime !== undefined;
    if (current === undefined || current.refusal !== undefined || current.unit.isEnded || isTemporal)
      return this.adapter.load(request);
    const rows = this.inline.lookups(request.category, request.stream.slice(request.category.length + 1));
    if (rows.length === 0) return this.adapter.load(request);
    return answered(this.adapter.load({ ...request, rows }), (loaded) => {
      note(rows, loaded, current.unit);
      return loaded;
    });
  }
}

function note(lookups: readonly RowLookup[], { rows }: LoadedStream, unit: UnitOfWork): void {
  // A unit that was given up while the store was reading takes nothing more.
  if (unit.isEnded || rows === undefined) return;
  const known = unit.participant(RowsOfUnit);
  for (const [index, { table, keys }] of lookups.entries())
    for (const key of keys)
      known.note(
        table.name,
        key,
        rows[index]?.find(([found]) => found === key),
      );
}
