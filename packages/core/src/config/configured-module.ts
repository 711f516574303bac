import { dirname, resolve } from "node:path";

import { ConfigDocument } from "./config-document";
import { findConfigFile } from "./find-config-file";
import { layersOf } from "./overlays";

/**
 * Returns the path of the module that the nearest domain.toml names for the command line; undefined where it names none. Other faults
 * in the file do not matter here: `domain check` reports them together with the faults of the domain.
 *
 * @throws ConfigurationError for a file that cannot be read at all.
 */
export function configuredModule(root: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const file = findConfigFile(root);
  if (file === undefined) return undefined;
  const { layers } = layersOf(ConfigDocument.read(file), env.DOMAIN_ENV || undefined, env);
  const named = layers.filter(({ isInForce, settings }) => isInForce && isNamed(settings.module));
  const module = named.at(-1)?.settings.module;
  return isNamed(module) ? resolve(dirname(file), module) : undefined;
}

function isNamed(module: unknown): module is string {
  return typeof module === "string" && module !== "";
}
