import { isSpanContextValid, type Link, type Span, trace } from "@opentelemetry/api";

import type { ConsumedEvent } from "../subscriptions/reading/consumed-event";

/** As many links as an SDK keeps of a span by default. */
const MAX_LINKS = 128;

const TRACEPARENT = /^[\da-f]{2}-(?<traceId>[\da-f]{32})-(?<spanId>[\da-f]{16})-(?<flags>[\da-f]{2})/;

/**
 * Adds the identity of a span to the metadata of an event, as `traceparent` of W3C Trace Context: who handles the event finds the trace in
 * which it was stored.
 */
export function withTraceparent(metadata: string, span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  const traceparent = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
  return `${metadata.slice(0, -1)}${metadata === "{}" ? "" : ","}"traceparent":"${traceparent}"}`;
}

/** Links a span to the traces in which events were stored, each once. */
export function linkToEvents(span: Span, events: readonly ConsumedEvent[]): void {
  if (span.isRecording()) linkToTraces(span, traceparentsOf(events));
}

/** Adds the identity of the span in which the running code is, as `withTraceparent` does; nothing where there is none. */
export function withActiveTraceparent(metadata: string): string {
  const span = trace.getActiveSpan();
  return span === undefined || !isSpanContextValid(span.spanContext()) ? metadata : withTraceparent(metadata, span);
}

/** Links a span to the traces that texts of W3C Trace Context name, each once. Other values are passed over. */
export function linkToTraces(span: Span, traceparents: Iterable<unknown>): void {
  const links = new Map<string, Link>();
  for (const traceparent of traceparents) {
    const context = typeof traceparent === "string" ? TRACEPARENT.exec(traceparent)?.groups : undefined;
    if (context === undefined || links.has(traceparent as string)) continue;
    const { traceId = "", spanId = "", flags = "" } = context;
    const linked = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
    if (isSpanContextValid(linked)) links.set(traceparent as string, { context: linked });
    if (links.size === MAX_LINKS) break;
  }
  if (links.size > 0) span.addLinks([...links.values()]);
}

/** One after the other: the metadata of events that are not asked for are not parsed. */
function* traceparentsOf(events: readonly ConsumedEvent[]): Generator<unknown> {
  for (const event of events) yield traceparentOf(event);
}

/** Metadata that cannot be read is the consumer's to complain of. */
function traceparentOf(event: ConsumedEvent): unknown {
  try {
    return event.metadata.traceparent;
  } catch {
    return undefined;
  }
}
