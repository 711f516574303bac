import type { z } from "zod";

import { ConfigurationError } from "../errors/configuration-error";
import { checkSettings } from "./check-settings";
import { EVENT_STORE_KEYS } from "./config-schema";
import type { DomainConfig } from "./domain-config";
import type { SettingsOrigin } from "./settings-layer";

/**
 * Validates the settings of `[event_store]` by the schema of the provider. A text that was filled from one variable becomes the
 * number or boolean that the schema expects.
 *
 * @throws ConfigurationError listing every fault with its file and line, and no value that may be secret.
 */
export function readProviderSettings<S extends z.ZodObject>(config: DomainConfig, schema: S): z.output<S> {
  const { eventStore, origin } = config;
  const eventStoreOrigin: SettingsOrigin = {
    fault: (path, predicate) => origin.fault(["event_store", ...path], predicate),
    filledFrom: (path) => origin.filledFrom(["event_store", ...path]),
  };
  const checked = checkSettings(eventStore.settings, schema, eventStoreOrigin, {
    unknownKey: ` of event store provider ${JSON.stringify(eventStore.provider)}`,
    otherKeys: EVENT_STORE_KEYS,
  });
  if ("faults" in checked) throw new ConfigurationError(checked.faults);
  return checked.value;
}
