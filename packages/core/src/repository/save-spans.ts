import type { Span } from "@opentelemetry/api";

import { type AggregateRoot, lifeOf } from "../elements/aggregate-root";
import { ATTRIBUTES, SPANS } from "../telemetry/names";
import { failSpan, startSpan, within } from "../telemetry/tracing";

/** The spans of aggregates that are saved together: one each, from the append to the end of its snapshot. */
export class SaveSpans {
  readonly #spans: readonly Span[];

  /** @param saved as they are before the append, with the streams that their events go to. */
  constructor(saved: readonly { readonly aggregate: AggregateRoot; readonly name: string; readonly stream: string }[]) {
    this.#spans = saved.map(({ aggregate, name, stream }) => {
      const span = startSpan(SPANS.save);
      if (span.isRecording()) {
        const { version, snapshotVersion, pending } = lifeOf(aggregate);
        span.setAttributes({
          [ATTRIBUTES.aggregate]: name,
          [ATTRIBUTES.stream]: stream,
          [ATTRIBUTES.version]: version,
          [ATTRIBUTES.snapshotVersion]: snapshotVersion,
          [ATTRIBUTES.eventsSaved]: pending.length,
        });
      }
      return span;
    });
  }

  /** The append that all of them share: what begins in it belongs to the first. When it fails, all have failed. */
  async append<T>(append: () => Promise<T>): Promise<T> {
    const [first] = this.#spans;
    try {
      return first === undefined ? await append() : await within(first, append);
    } catch (error) {
      for (const span of this.#spans) {
        failSpan(span, error);
        span.end();
      }
      throw error;
    }
  }

  /** What follows the append for one of them. */
  async finish(index: number, work: () => Promise<void>): Promise<void> {
    const span = this.#spans[index] as Span;
    try {
      await within(span, work);
    } finally {
      span.end();
    }
  }
}
