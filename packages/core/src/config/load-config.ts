import { ConfigurationError } from "../errors/configuration-error";
import { checkSettings } from "./check-settings";
import { ConfigDocument } from "./config-document";
import { ConfigOrigin } from "./config-origin";
import { type CheckedSettings, type ConfigInput, configSchema } from "./config-schema";
import { type DomainConfig, domainConfig } from "./domain-config";
import { findConfigFile } from "./find-config-file";
import { withoutFormerProviders } from "./former-providers";
import { layersOf } from "./overlays";
import { codeLayer, merge, overrides, type SettingsLayer } from "./settings-layer";

/** The sources of the settings of a domain. */
export interface LoadConfigOptions {
  /** The folder in which the search for domain.toml starts; it goes on in the folders above. */
  readonly root: string;
  /** Settings that win over the file, by the keys of the file. */
  readonly overrides?: ConfigInput;
  /** The environment variables, by default those of the process. DOMAIN_ENV selects the overlay. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Reads the settings of a domain from its file, the selected overlay and its code.
 *
 * @throws ConfigurationError listing every fault at once, each with its file and line.
 */
export function loadConfig({ root, overrides: fromCode = {}, env = process.env }: LoadConfigOptions): DomainConfig {
  const file = findConfigFile(root);
  const environment = env.DOMAIN_ENV || undefined;
  const document = file === undefined ? undefined : ConfigDocument.read(file);
  const read = document === undefined ? NOTHING_READ : layersOf(document, environment, env);
  const all = [...read.layers, codeLayer(fromCode)];
  const inForce = withoutFormerProviders(all.filter((layer) => layer.isInForce));

  const faults = [...read.faults, ...all.flatMap((layer) => layer.faults), ...unsetVariables(inForce)];
  const checked = new Map<SettingsLayer, CheckedSettings>();
  for (const layer of [...all.filter(({ isInForce }) => !isInForce), ...inForce]) {
    const result = checkSettings(layer.settings, configSchema, layer, unknownKeyOf(layer));
    if ("faults" in result) faults.push(...result.faults);
    else checked.set(layer, result.value);
  }
  if (faults.length > 0) throw new ConfigurationError(document?.inOrder(faults) ?? faults);

  const settings = inForce.reduce<CheckedSettings>((lower, layer) => merge(lower, checked.get(layer) ?? {}), {});
  return domainConfig(settings, { file, root, environment }, new ConfigOrigin(inForce, all));
}

const NOTHING_READ: { layers: readonly SettingsLayer[]; faults: readonly string[] } = { layers: [], faults: [] };

/** Returns a fault for each unset variable. A variable that only an overridden setting needs may stay unset. */
function unsetVariables(inForce: readonly SettingsLayer[]): string[] {
  return inForce.flatMap((layer, index) =>
    layer.unset
      .filter(({ path }) => !inForce.slice(index + 1).some((above) => overrides(above, path)))
      .map(({ path, predicate }) => layer.fault(path, predicate)),
  );
}

function unknownKeyOf({ overlay }: SettingsLayer): { unknownKey?: string } {
  if (overlay === undefined) return {};
  return { unknownKey: `; [${overlay}] is read as the overlay for DOMAIN_ENV=${overlay}` };
}
