import { SpanKind } from "@opentelemetry/api";

import { isPromise } from "../errors/returned-promise";
import type { ConsumedEvent } from "../subscriptions/consumed-event";
import { ATTRIBUTES, SPANS } from "./names";
import { linkToEvents } from "./trace-context";
import { failSpan, isTraced, startSpan, within } from "./tracing";

/**
 * Calls a method of an event handler in a span of its own, which is linked to the traces in which its events were stored. What the method
 * does, commands included, belongs to that span.
 *
 * @param place the method: `WelcomeMail.send`.
 */
export function tracedCall(place: string, events: readonly ConsumedEvent[], call: () => unknown): unknown {
  const span = startSpan(SPANS.handle, SpanKind.CONSUMER);
  if (!isTraced(span)) return call();
  if (span.isRecording()) {
    const [first] = events;
    span.setAttributes({
      [ATTRIBUTES.handler]: place,
      [ATTRIBUTES.eventType]: first?.type ?? "",
      [ATTRIBUTES.eventId]: first?.eventId ?? "",
      [ATTRIBUTES.stream]: first?.stream ?? "",
      [ATTRIBUTES.position]: first?.globalPosition ?? 0,
    });
    linkToEvents(span, events);
  }
  const failed = (error: unknown): never => {
    failSpan(span, error);
    span.end();
    throw error;
  };
  let returned: unknown;
  try {
    returned = within(span, call);
  } catch (error) {
    return failed(error);
  }
  if (!isPromise(returned)) {
    span.end();
    return returned;
  }
  return returned.then((value) => {
    span.end();
    return value;
  }, failed);
}
