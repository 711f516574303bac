import type { DomainConfig } from "../config/domain-config";
import type { Clock } from "../elements/clock";
import { ConfigurationError } from "../errors/configuration-error";
import { type ForgettingAggregate, ForgetWork } from "../forgetting/forget-work";
import { neededEvents } from "../forgetting/needed-events";
import type { DomainModel } from "../model/domain-model";
import type { EventStoreAdapter } from "../ports/event-store-adapter";
import type { Projections } from "../projections/projections";
import { type Logger, logError } from "../telemetry/logger";

interface ForgettingParts {
  /** The name of the domain. */
  readonly name: string;
  readonly model: DomainModel;
  readonly config: DomainConfig;
  readonly adapter: EventStoreAdapter;
  readonly projections: Projections;
  readonly clock: Clock;
  /** The lanes of servers. */
  readonly lanes: readonly string[];
  readonly logger: Logger;
}

/**
 * Makes what forgets the events that are kept for a time; undefined where all are kept.
 * @throws ConfigurationError where the store keeps events for ever.
 */
export function forgetWork(parts: ForgettingParts): ForgetWork | undefined {
  const { name, model, config, adapter, projections, clock, lanes, logger } = parts;
  const aggregates = forgettingAggregates(model, config);
  if (aggregates.length === 0) return undefined;
  const { log, operations } = adapter;
  const { forget } = log;
  if (forget === undefined || operations === undefined) {
    const names = aggregates.map((aggregate) => aggregate.name).join(", ");
    const fault = `it keeps events for ever, but those of ${names} are to be kept for a time: remove keepEvents and keep_events, or use another store`;
    throw new ConfigurationError(fault, adapter.description);
  }
  return new ForgetWork({
    aggregates,
    lanes,
    log: { forget: (request) => forget.call(log, request), readAll: (range) => log.readAll(range) },
    needed: async () =>
      await neededEvents({
        domain: name,
        log,
        operations,
        declarations: projections.declarations,
        processes: Array.from(model.processManagers.values(), ({ category }) => category),
      }),
    now: () => clock.now().getTime(),
    logWarning: (message, details) => logger.warn(message, details),
    logError: (message, details) => logError(logger, message, details),
  });
}

/** The table of an aggregate in domain.toml wins over its decorator, and that over what domain.toml says of all. */
function forgettingAggregates(
  { aggregates }: DomainModel,
  { keptEvents }: DomainConfig,
): readonly ForgettingAggregate[] {
  return [...aggregates.values()]
    .filter(({ storage }) => storage.stored === "state")
    .map(({ name, category, storage }) => {
      const keepMs = keptEvents.named.get(name) ?? storage.keepEventsMs ?? keptEvents.keepMs;
      return { name, category, keepMs: keepMs ?? Number.POSITIVE_INFINITY };
    })
    .filter(({ keepMs }) => Number.isFinite(keepMs));
}
