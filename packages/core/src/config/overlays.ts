import { didYouMean } from "../wording/did-you-mean";
import type { ConfigDocument } from "./config-document";
import { isSetting, TABLE_NAMES } from "./config-schema";
import { isTable } from "./setting-path";
import { fileLayer, type SettingsLayer, type SettingsPlace } from "./settings-layer";

/** How far a table may be from a setting to be one that was misspelt, and no overlay: `production` is three edits from `projections`. */
const MISSPELT_EDITS = 2;

/**
 * Splits a file into layers: its settings, then its overlays. Every table at the top level that is not a setting is an overlay. The
 * overlay that the environment names is in force; the others are only checked.
 */
export function layersOf(
  document: ConfigDocument,
  environment: string | undefined,
  env: NodeJS.ProcessEnv,
): { readonly layers: readonly SettingsLayer[]; readonly faults: readonly string[] } {
  const entries = Object.entries(document.settings);
  const own = Object.fromEntries(entries.filter(([key, value]) => isSetting(key) || !isTable(value)));
  const layers = [fileLayer(own, document, { env })];
  const faults: string[] = [];
  for (const [name, settings] of entries) {
    if (isSetting(name) || !isTable(settings)) continue;
    const suggestion = didYouMean(name, TABLE_NAMES, MISSPELT_EDITS);
    if (suggestion !== "") {
      faults.push(document.fault([name], `is not a setting${suggestion}`));
      continue;
    }
    const place: SettingsPlace = { fault: (path, predicate) => document.fault([name, ...path], predicate) };
    layers.push(fileLayer(settings, place, { overlay: name, ...(name === environment && { env }) }));
  }
  return { layers, faults };
}
