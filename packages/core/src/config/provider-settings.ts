import type { z } from "zod";

import { ConfigurationError } from "../errors/configuration-error";
import { type CheckOptions, checkSettings } from "./check-settings";
import { EVENT_STORE_KEYS } from "./config-schema";
import type { DomainConfig } from "./domain-config";
import type { Table } from "./setting-path";
import type { SettingsOrigin } from "./settings-layer";

/**
 * The settings of `[event_store]` as the provider's schema reads them. A text that was filled from a variable
 * becomes the number or boolean that the schema asks for.
 *
 * @throws ConfigurationError listing every fault with its file and line, never a value that may be secret.
 */
export function readProviderSettings<S extends z.ZodObject>(config: DomainConfig, schema: S): z.output<S> {
  const { eventStore, origin } = config;
  const eventStoreOrigin: SettingsOrigin = {
    fault: (path, predicate) => origin.fault(["event_store", ...path], predicate),
    filledFrom: (path) => origin.filledFrom(["event_store", ...path]),
  };
  return validateSettings(eventStore.settings, schema, eventStoreOrigin, {
    unknownKey: ` of event store provider ${JSON.stringify(eventStore.provider)}`,
    otherKeys: EVENT_STORE_KEYS,
  });
}

/** @throws ConfigurationError listing every fault in the origin's words. */
export function validateSettings<S extends z.ZodObject>(
  settings: Readonly<Table>,
  schema: S,
  origin: SettingsOrigin,
  options: CheckOptions = {},
): z.output<S> {
  const checked = checkSettings(settings, schema, origin, options);
  if ("faults" in checked) throw new ConfigurationError(checked.faults);
  return checked.value;
}
