import { EVENT_STORE_KEYS } from "./config-schema";
import { isTable, type Table, valueAt } from "./setting-path";
import type { SettingsLayer } from "./settings-layer";

/**
 * Removes the settings of a provider that a later layer replaces: the strict schema of PostgreSQL would refuse the path of an SQLite
 * file.
 */
export function withoutFormerProviders(layers: readonly SettingsLayer[]): readonly SettingsLayer[] {
  let provider: unknown;
  let first = 0;
  for (const [index, layer] of layers.entries()) {
    const named = valueAt(layer.settings, ["event_store", "provider"]);
    if (named === undefined) continue;
    if (provider !== undefined && named !== provider) first = index;
    provider = named;
  }
  return layers.map((layer, index) => (index < first ? withoutProviderSettings(layer) : layer));
}

function withoutProviderSettings(layer: SettingsLayer): SettingsLayer {
  return {
    ...layer,
    written: ownKeysOnly(layer.written),
    settings: ownKeysOnly(layer.settings),
    unset: layer.unset.filter(({ path: [table, key] }) => table !== "event_store" || isOwnKey(key)),
  };
}

function ownKeysOnly(settings: Table): Table {
  const eventStore = settings.event_store;
  if (!isTable(eventStore)) return settings;
  return { ...settings, event_store: Object.fromEntries(Object.entries(eventStore).filter(([key]) => isOwnKey(key))) };
}

function isOwnKey(key: unknown): boolean {
  return typeof key === "string" && EVENT_STORE_KEYS.includes(key);
}
