import type { Span } from "@opentelemetry/api";

import { type AggregateRoot, lifeOf } from "../elements/aggregate-root";
import { streamOf } from "../event-store/stream-names";
import type { AggregateModel } from "../model/aggregate-model";
import type { Answer } from "../ports/answer";
import type { AppendRequest } from "../ports/event-log";
import type { Operation } from "../ports/operations";
import type { Participant } from "../unit-of-work/participant";
import { ATTRIBUTES, SPANS } from "./names";
import { withTraceparent } from "./trace-context";
import { failSpan, isTraced, startSpan, within } from "./tracing";

/** The save of an aggregate: of its events, or of its row with them. */
interface ObservedSave extends Participant {
  readonly aggregate: AggregateRoot;
  readonly model: AggregateModel;
  check(): void;
  requests(now: number): readonly AppendRequest[];
  committed(): Answer<void>;
}

/**
 * Puts the save of an aggregate in a span, from the append to the end of its snapshot. The events carry the identity of the span in their
 * metadata.
 */
export class TracedSave implements Participant {
  /** Absent before the commit, for a save that stores nothing, and without an SDK. */
  #span: Span | undefined;

  constructor(private readonly save: ObservedSave) {}

  check(): void {
    this.save.check();
  }

  requests(now: number): readonly AppendRequest[] {
    const requests = this.save.requests(now);
    if (requests.length === 0 && this.also(now).length === 0) return requests;
    this.#start();
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

  also(now: number): readonly Operation[] {
    return this.save.also?.(now) ?? NOTHING;
  }

  explain(error: unknown): Error | undefined {
    return this.save.explain?.(error);
  }

  /** All saves of a unit share its append, which runs in the span of the first. */
  surround<T>(commit: () => Answer<T>): Answer<T> {
    return this.#span === undefined ? commit() : within(this.#span, commit);
  }

  committed(): Answer<void> {
    return this.#span === undefined ? this.save.committed() : this.#committedIn(this.#span);
  }

  failed(error: unknown): void {
    this.save.failed?.(error);
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

  #start(): void {
    const span = startSpan(SPANS.save);
    if (!isTraced(span)) return;
    this.#span = span;
    if (!span.isRecording()) return;
    const { id, version, snapshotVersion, pending } = lifeOf(this.save.aggregate);
    const { name, category } = this.save.model;
    span.setAttributes({
      [ATTRIBUTES.aggregate]: name,
      [ATTRIBUTES.stream]: streamOf(category, id).stream,
      [ATTRIBUTES.version]: version,
      [ATTRIBUTES.snapshotVersion]: snapshotVersion,
      [ATTRIBUTES.eventsSaved]: pending.length,
    });
  }
}

const NOTHING: readonly Operation[] = [];
