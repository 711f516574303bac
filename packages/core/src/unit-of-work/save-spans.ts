import type { Span } from "@opentelemetry/api";

import { type AggregateRoot, lifeOf } from "../elements/aggregate-root";
import type { Answer } from "../ports/answer";
import type { StreamRef } from "../ports/stored-message";
import { ATTRIBUTES, SPANS } from "../telemetry/names";
import { failSpan, startSpan, within, withinToItsEnd } from "../telemetry/tracing";

/** An aggregate whose events are stored. */
export interface SavedChange {
  readonly aggregate: AggregateRoot;
  readonly addition: { readonly model: { readonly name: string } };
  readonly request: StreamRef;
}

/** The spans of aggregates that are saved together: one each, from the append to the end of its snapshot. */
export class SaveSpans {
  readonly #spans: readonly Span[];

  /** @param changes of the aggregates, as they are before the append. */
  constructor(changes: readonly SavedChange[]) {
    this.#spans = changes.map(({ aggregate, addition, request }) => {
      const span = startSpan(SPANS.save);
      if (span.isRecording()) {
        const { version, snapshotVersion, pending } = lifeOf(aggregate);
        span.setAttributes({
          [ATTRIBUTES.aggregate]: addition.model.name,
          [ATTRIBUTES.stream]: request.stream,
          [ATTRIBUTES.version]: version,
          [ATTRIBUTES.snapshotVersion]: snapshotVersion,
          [ATTRIBUTES.eventsSaved]: pending.length,
        });
      }
      return span;
    });
  }

  /** Runs the append that all of them share: what begins in it belongs to the first. */
  append<T>(append: () => Promise<T>): Answer<T> {
    const [first] = this.#spans;
    return first === undefined ? append() : within(first, append);
  }

  /** All have failed with their append. */
  fail(error: unknown): void {
    for (const span of this.#spans) {
      failSpan(span, error);
      span.end();
    }
  }

  /** What follows the append for one of them. */
  finish(index: number, work: () => Answer<void>): Answer<void> {
    return withinToItsEnd(this.#spans[index] as Span, work);
  }
}
