import type { CheckedSettings } from "./config-schema";
import { type RetryConfig, retryConfig } from "./server-config";

type ProcessingSettings = NonNullable<CheckedSettings["processing"]>;

/** The settings of commands that run later. */
export interface ProcessingConfig {
  /** `sync`: `process` carries a command out at once. `async`: it puts it into the queue. Its caller and the class of the command win. */
  readonly commands: "sync" | "async";
  /** How a command is repeated that fails for another reason than a refusal by the domain. */
  readonly retry: RetryConfig;
  /** How long a command that has run is kept in the queue, with its result. */
  readonly keepResultsMs: number;
  /** How many commands of each lane a server carries out at the same time. */
  readonly concurrency: number;
}

const DEFAULTS = {
  commands: "sync",
  retry: { attempts: 5, firstMs: 1_000, maxMs: 300_000 },
  keepResultsMs: 7 * 86_400_000,
  concurrency: 8,
} as const;

/** Adds the defaults to the settings of `[processing]`. */
export function processingConfig({
  commands,
  retry,
  keep_results: keepResultsMs,
  concurrency,
}: ProcessingSettings): ProcessingConfig {
  return {
    commands: commands ?? DEFAULTS.commands,
    retry: { ...DEFAULTS.retry, ...retryConfig(retry) },
    keepResultsMs: keepResultsMs ?? DEFAULTS.keepResultsMs,
    concurrency: concurrency ?? DEFAULTS.concurrency,
  };
}
