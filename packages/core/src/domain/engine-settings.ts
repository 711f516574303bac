import type { DomainConfig } from "../config/domain-config";
import type { EngineSettings } from "../subscriptions/engine";

const LEASE_MS = 10_000;
const PAGE_EVENTS = 500;

/** Returns the settings of the engine that feeds subscriptions. */
export function engineSettings({ server, subscriptions }: DomainConfig): EngineSettings {
  return {
    leaseMs: LEASE_MS,
    shutdownMs: server.shutdownMs,
    pageEvents: Math.max(subscriptions.batch, PAGE_EVENTS),
    concurrencyOf: (lane) => server.lanes.get(lane)?.concurrency,
    isPaused: (name) => subscriptions.named.get(name)?.paused === true,
  };
}
