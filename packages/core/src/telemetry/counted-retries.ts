import { metrics } from "@opentelemetry/api";

import type { Step } from "../commands/pipeline";
import { ATTRIBUTES, INSTRUMENTATION, METRICS } from "./names";

/** Counts the attempts at commands after the first, for OpenTelemetry. */
export function countedRetries(): Step {
  const retries = metrics.getMeter(INSTRUMENTATION).createCounter(METRICS.commandRetries, {
    description: "Commands that were tried again after a conflict",
  });
  return (next) => (call) => {
    if (call.attempt > 1) retries.add(1, { [ATTRIBUTES.command]: call.type });
    return next(call);
  };
}
