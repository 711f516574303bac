import { metrics, trace } from "@opentelemetry/api";

import { ATTRIBUTES, INSTRUMENTATION, METRICS, SPAN_EVENTS } from "./names";

/** Makes a function that notes, for OpenTelemetry, each call that begins to wait for a store that cannot be reached. */
export function countedWaits(): (error: Error) => void {
  const waits = metrics.getMeter(INSTRUMENTATION).createCounter(METRICS.storeWaits, {
    description: "Calls that had to wait for an event store that could not be reached",
  });
  return ({ message }) => {
    waits.add(1);
    trace.getActiveSpan()?.addEvent(SPAN_EVENTS.storeWait, { [ATTRIBUTES.reason]: message });
  };
}
