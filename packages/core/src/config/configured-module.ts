import { dirname, resolve } from "node:path";

import { ConfigDocument } from "./config-document";
import { findConfigFile } from "./find-config-file";
import { layersOf } from "./overlays";

/**
 * The module that the nearest domain.toml names for the command line, whatever else is wrong with the file: so that a check of
 * the domain can list that with everything else.
 *
 * @returns its path; undefined where the file names none.
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
