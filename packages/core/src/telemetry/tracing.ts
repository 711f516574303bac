import { context, INVALID_TRACEID, type Span, SpanStatusCode, trace } from "@opentelemetry/api";

import type { Answer } from "../ports/answer";
import { INSTRUMENTATION } from "./names";

/** Uses an SDK's tracer as soon as one is registered. */
const tracer = trace.getTracer(INSTRUMENTATION);

/** Ask `isRecording()` before making attributes: without an SDK a span then costs a fraction of a microsecond. */
export function startSpan(name: string): Span {
  return tracer.startSpan(name);
}

/** Runs `work` with the span as the parent of those that start in it. Does not end it. */
export function within<T>(span: Span, work: () => Answer<T>): Answer<T> {
  if (!isTraced(span)) return work();
  return context.with(trace.setSpan(context.active(), span), work);
}

/** Runs `work` in a span of its own, which ends with it. */
export function traced<T>(name: string, work: (span: Span) => Answer<T>): Answer<T> {
  const span = startSpan(name);
  return isTraced(span) ? recorded(span, work) : work(span);
}

export function failSpan(span: Span, error: unknown): void {
  span.recordException(error instanceof Error ? error : String(error));
  span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
}

async function recorded<T>(span: Span, work: (span: Span) => Answer<T>): Promise<T> {
  try {
    return await within(span, () => work(span));
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
