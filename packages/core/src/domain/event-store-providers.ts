import nodeModule from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import type { z } from "zod";

import type { DomainConfig } from "../config/domain-config";
import { readProviderSettings } from "../config/provider-settings";
import { ConfigurationError } from "../errors/configuration-error";
import type { EventStoreAdapter } from "../ports/event-store-adapter";
import type { EventStoreProvider } from "../ports/event-store-provider";
import { memoryProvider } from "../ports/memory/memory-event-store";
import { didYouMean } from "../wording/did-you-mean";

/** Webpack replaces the calls of an imported `createRequire`, by functions that find nothing when the bundle runs. */
const { createRequire } = nodeModule;

/** Packages with a short name in domain.toml. */
const SHORT_NAMES = new Map([
  ["sqlite", "@tidemark/sqlite"],
  ["postgres", "@tidemark/postgres"],
]);

/** Makes the adapter that `[event_store]` asks for. Loads no other package. */
export async function createAdapter(domain: string, config: DomainConfig): Promise<EventStoreAdapter> {
  const { provider, settings } = await configuredProvider(config);
  return provider.create(settings, { root: config.root, domain });
}

/**
 * Loads the provider that `[event_store]` names, and reads its settings. Connects to nothing.
 * @throws ConfigurationError when its package is missing or exports no provider, or listing what is wrong with its settings.
 */
export async function configuredProvider(
  config: DomainConfig,
): Promise<{ readonly provider: EventStoreProvider; readonly settings: z.output<EventStoreProvider["settings"]> }> {
  const { provider: name } = config.eventStore;
  const provider = name === "memory" ? memoryProvider : await loadProvider(SHORT_NAMES.get(name) ?? name, config);
  return { provider, settings: readProviderSettings(config, provider.settings) };
}

async function loadProvider(packageName: string, config: DomainConfig): Promise<EventStoreProvider> {
  const path = resolvePackage(packageName, config.root);
  if (path === undefined) throw missingProvider(config.eventStore.provider, packageName);
  const { provider } = (await loadModule(path)) as { provider?: Partial<EventStoreProvider> };
  if (typeof provider?.create === "function" && provider.settings !== undefined) return provider as EventStoreProvider;
  throw new ConfigurationError(
    `event_store.provider ${JSON.stringify(packageName)}: the package does not export a "provider" with settings and create()`,
  );
}

/** A misspelt short name must not send anybody to a package of a stranger. */
function missingProvider(name: string, packageName: string): ConfigurationError {
  const setting = `event_store.provider ${JSON.stringify(name)}`;
  const suggestion = SHORT_NAMES.has(name) ? "" : didYouMean(name, ["memory", ...SHORT_NAMES.keys()]);
  return new ConfigurationError(
    suggestion === ""
      ? `${setting} needs the package ${packageName}, which is not installed; run npm install ${packageName}`
      : `${setting} is no store that Tidemark brings, and no package of that name is installed${suggestion}`,
  );
}

/** Looks into the project first, whose version wins, then beside this package, if it is not a part of a bundled ES module. */
function resolvePackage(packageName: string, root: string): string | undefined {
  const besidePackage = typeof __filename === "string" ? [__filename] : [];
  for (const from of [join(root, "package.json"), ...besidePackage]) {
    try {
      return createRequire(from).resolve(packageName);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "MODULE_NOT_FOUND" && code !== "ERR_PACKAGE_PATH_NOT_EXPORTED") throw error;
    }
  }
  return undefined;
}

async function loadModule(path: string): Promise<unknown> {
  try {
    return createRequire(path)(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_REQUIRE_ESM") throw error;
    return await import(/* webpackIgnore: true */ pathToFileURL(path).href);
  }
}
