import type { Span } from "@opentelemetry/api";

import { type AggregateRoot, lifeOf } from "../elements/aggregate-root";
import type { Answer } from "../ports/answer";
import type { AppendRequest } from "../ports/event-log";
import type { AggregateSave } from "../repository/aggregate-save";
import type { Participant } from "../unit-of-work/participant";
import { ATTRIBUTES, SPANS } from "./names";
import { withTraceparent } from "./trace-context";
import { failSpan, isTraced, startSpan, within } from "./tracing";

/**
 * Puts the save of an aggregate in a span, from the append to the end of its snapshot. The events carry the identity of the span in their
 * metadata.
 */
export class TracedSave<A extends AggregateRoot> implements Participant {
  /** Absent before the commit, for a save that appends nothing, and without an SDK. */
  #span: Span | undefined;

  constructor(private readonly save: AggregateSave<A>) {}

  check(): void {
    this.save.check();
  }

  requests(now: number): readonly AppendRequest[] {
    const requests = this.save.requests(now);
    if (requests.length === 0) return requests;
    this.#start(requests);
    const span = this.#span;
    if (span === undefined) return requests;
    return requests.map((request) => ({
      ...request,
      messages: request.messages.map((message) => ({
        ...message,
        metadata: withTraceparent(message.metadata, span),
      })),
    }));
  }

  /** All saves of a unit share its append, which runs in the span of the first. */
  surround<T>(commit: () => Promise<T>): Answer<T> {
    return this.#span === undefined ? commit() : within(this.#span, commit);
  }

  committed(): Answer<void> {
    return this.#span === undefined ? this.save.committed() : this.#committedIn(this.#span);
  }

  failed(error: unknown): void {
    if (this.#span === undefined) return;
    failSpan(this.#span, error);
    this.#span.end();
  }

  async #committedIn(span: Span): Promise<void> {
    try {
      await within(span, () => this.save.committed());
    } finally {
      span.end();
    }
  }

  #start([request]: readonly AppendRequest[]): void {
    const span = startSpan(SPANS.save);
    if (!isTraced(span)) return;
    this.#span = span;
    if (!span.isRecording()) return;
    const { version, snapshotVersion, pending } = lifeOf(this.save.aggregate);
    span.setAttributes({
      [ATTRIBUTES.aggregate]: this.save.parts.model.name,
      [ATTRIBUTES.stream]: request?.stream ?? "",
      [ATTRIBUTES.version]: version,
      [ATTRIBUTES.snapshotVersion]: snapshotVersion,
      [ATTRIBUTES.eventsSaved]: pending.length,
    });
  }
}
