import { metrics } from "@opentelemetry/api";

import { ATTRIBUTES, INSTRUMENTATION, METRICS } from "./names";

/** Makes a function that counts the attempts at a command after the first, for OpenTelemetry. */
export function countedRetries(): (command: string) => void {
  const retries = metrics.getMeter(INSTRUMENTATION).createCounter(METRICS.commandRetries, {
    description: "Commands that were tried again after a conflict",
  });
  return (command) => retries.add(1, { [ATTRIBUTES.command]: command });
}
