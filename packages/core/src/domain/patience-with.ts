import { Outage } from "../patience/outage";
import { StorePatience } from "../patience/store-patience";
import type { EventStoreAdapter } from "../ports/event-store-adapter";
import { countedWaits } from "../telemetry/counted-waits";
import type { Logger } from "../telemetry/logger";
import { currentSignal } from "../unit-of-work/units-of-work";

interface PatienceParts {
  readonly logger: Logger;
  /** Called each time that the store could not be reached. */
  readonly failed: () => void;
}

/** Makes what repeats the calls of a store while it cannot be reached; undefined for a store that says nothing of repetitions. */
export function patienceWith(
  { description, patienceMs = 0 }: Pick<EventStoreAdapter, "description" | "patienceMs">,
  { logger, failed }: PatienceParts,
): StorePatience | undefined {
  if (patienceMs <= 0) return undefined;
  const outage = new Outage({
    store: description,
    patienceMs,
    logWarning: (message, details) => logger.warn(message, details),
    waiting: countedWaits(),
  });
  return new StorePatience({ patienceMs, outage, signal: currentSignal, failed });
}
