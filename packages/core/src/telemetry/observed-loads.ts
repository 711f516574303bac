import type { Attributes, Span } from "@opentelemetry/api";

import type { AggregateRoot } from "../elements/aggregate-root";
import { streamOf } from "../event-store/stream-names";
import type { Loaded, LoadOptions } from "../loading/aggregate-loader";
import type { Finder, FoundStart } from "../loading/snapshot-finder";
import type { AggregateModel } from "../model/aggregate-model";
import { type Answer, answered } from "../ports/answer";
import type { LoadRequest } from "../ports/loaded-stream";
import { ATTRIBUTES, SPANS } from "./names";
import type { SnapshotReport } from "./snapshot-report";
import { isTraced, startSpan, withinToItsEnd } from "./tracing";

/** Reports which snapshots were used, and which could not be. */
export class ObservedFinder implements Finder {
  constructor(
    private readonly finder: Finder,
    private readonly report: SnapshotReport,
  ) {}

  find(request: LoadRequest, id: string): Answer<FoundStart> {
    return answered(this.finder.find(request, id), (start) => {
      const { usable, misses, page } = start;
      for (const { reason, explanation } of misses) this.report.miss(reason, id, explanation);
      if (usable !== undefined) this.report.hit();
      else if (misses.length === 0 && page !== undefined && page.lastPosition >= 0) this.report.absent();
      return start;
    });
  }
}

/** Puts each load in a span, and records how long it took and how many events it folded. */
export class ObservedLoads<A extends AggregateRoot, Options> {
  constructor(
    private readonly loader: { load(id: string, options?: Options): Answer<Loaded<A>> },
    private readonly model: AggregateModel<A>,
    private readonly report: SnapshotReport,
  ) {}

  load(id: string, options?: Options): Answer<Loaded<A>> {
    const span = startSpan(SPANS.load);
    if (isTraced(span)) return this.traced(span, id, options);
    const loading = this.loader.load(id, options);
    return answered(loading, (loaded) => this.recorded(loaded, options));
  }

  private traced(span: Span, id: string, options: Options | undefined): Promise<Loaded<A>> {
    return withinToItsEnd(span, async () => {
      const loaded = this.recorded(await this.loader.load(id, options), options);
      if (span.isRecording()) span.setAttributes(this.attributesOf(id, loaded));
      return loaded;
    });
  }

  private recorded(loaded: Loaded<A>, options: Options | undefined): Loaded<A> {
    if (loaded.aggregate !== undefined && !loaded.isFromRow && !isRebuild(options))
      this.report.replayed(loaded.cached?.folded ?? loaded.replayed, loaded.replayMs);
    return loaded;
  }

  private attributesOf(id: string, { aggregate, replayed, cached, isFromRow }: Loaded<A>): Attributes {
    const { name, category } = this.model;
    const version = aggregate?.version ?? -1;
    const attributes = {
      [ATTRIBUTES.aggregate]: name,
      [ATTRIBUTES.stream]: streamOf(category, id).stream,
      [ATTRIBUTES.version]: version,
    };
    if (isFromRow) return attributes;
    return {
      ...attributes,
      ...(cached === undefined
        ? { [ATTRIBUTES.snapshotVersion]: version - replayed, [ATTRIBUTES.eventsReplayed]: replayed }
        : { [ATTRIBUTES.cachedVersion]: cached.version, [ATTRIBUTES.eventsReplayed]: cached.folded }),
    };
  }
}

/** A rebuild is not one of the loads that applications wait for. */
function isRebuild(options: unknown): boolean {
  return (options as LoadOptions | undefined)?.rebuild === true;
}
