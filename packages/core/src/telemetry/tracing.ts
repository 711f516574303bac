import { context, INVALID_TRACEID, type Span, type SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";

import type { Answer } from "../ports/answer";
import { reasonOf } from "../wording/in-words";
import { INSTRUMENTATION } from "./names";

/** Uses an SDK's tracer as soon as one is registered. */
const tracer = trace.getTracer(INSTRUMENTATION);

/** Ask `isRecording()` before making attributes: without an SDK a span then costs a fraction of a microsecond. */
export function startSpan(name: string, kind?: SpanKind): Span {
  return kind === undefined ? tracer.startSpan(name) : tracer.startSpan(name, { kind });
}

/** Runs `work` with the span as the parent of those that start in it. Does not end it. */
export function within<T>(span: Span, work: () => Answer<T>): Answer<T> {
  if (!isTraced(span)) return work();
  return context.with(trace.setSpan(context.active(), span), work);
}

export function failSpan(span: Span, error: unknown): void {
  span.recordException(error instanceof Error ? error : String(error));
  span.setStatus({ code: SpanStatusCode.ERROR, message: reasonOf(error) });
}

/** Runs `work` within a span and ends the span, which carries the error where the work fails. */
export async function withinToItsEnd<T>(span: Span, work: () => Answer<T>): Promise<T> {
  try {
    return await within(span, work);
  } catch (error) {
    failSpan(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/** Whether an SDK is registered: without one no span has an identity. */
export function isTraced(span: Span): boolean {
  return span.spanContext().traceId !== INVALID_TRACEID;
}
