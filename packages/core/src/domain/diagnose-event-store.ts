import type { Diagnosis, EventStoreAdapter } from "../ports/event-store-adapter";
import { adapterOf, configOf, type DomainParts } from "./start-runtime";

/** What `domain.diagnoseEventStore` has found. */
export interface EventStoreDiagnosis {
  /** The store in words that hold no secret. */
  readonly eventStore: string;
  /** Whether events outlive the process. */
  readonly isDurable: boolean;
  /** What was looked at; absent where the store looks for nothing. */
  readonly diagnoses?: readonly Diagnosis[];
}

/**
 * Looks for what endangers the events of the configured store, which need not be set up.
 *
 * @param running the store of a domain that is initialised.
 */
export async function diagnoseEventStore(
  parts: DomainParts,
  running?: EventStoreAdapter,
): Promise<EventStoreDiagnosis> {
  const adapter = running ?? (await adapterOf(parts, configOf(parts)));
  try {
    const diagnoses = await adapter.diagnose?.();
    return {
      eventStore: adapter.description,
      isDurable: adapter.abilities.durable,
      ...(diagnoses !== undefined && { diagnoses }),
    };
  } finally {
    // A store that the application has made is its own, and may be opened after this.
    if (running === undefined && adapter !== parts.options.eventStore) await adapter.close();
  }
}
