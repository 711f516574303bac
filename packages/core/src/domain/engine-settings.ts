import type { DomainConfig } from "../config/domain-config";
import type { EngineSettings } from "../subscriptions/engine";

const PAGE_EVENTS = 500;

/** Returns the settings of the engine that feeds subscriptions. */
export function engineSettings({ server, subscriptions }: DomainConfig): EngineSettings {
  return {
    buckets: subscriptions.buckets,
    leaseMs: subscriptions.leaseMs,
    shutdownMs: server.shutdownMs,
    pageEvents: Math.max(subscriptions.batch, PAGE_EVENTS),
    concurrencyOf: (lane) => server.lanes.get(lane)?.concurrency,
    maxParkedKeysOf: (name) => subscriptions.named.get(name)?.maxParkedKeys ?? subscriptions.maxParkedKeys,
    isPaused: (name) => subscriptions.named.get(name)?.paused === true,
  };
}
