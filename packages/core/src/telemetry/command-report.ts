import { metrics } from "@opentelemetry/api";

import { ATTRIBUTES, INSTRUMENTATION, METRICS } from "./names";

/** Counts what becomes of commands, for OpenTelemetry. */
export class CommandReport {
  readonly #retries = metrics.getMeter(INSTRUMENTATION).createCounter(METRICS.commandRetries, {
    description: "Commands that were tried again after a conflict",
  });

  /** A command begins anew after a conflict of versions. */
  retried(command: string): void {
    this.#retries.add(1, { [ATTRIBUTES.command]: command });
  }
}
