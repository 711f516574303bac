import { configuredModule, type Domain, loadConfig } from "@tidemark/core";

import { CommandError } from "./command-error";
import { loadDomain } from "./load-domain";
import { claimStandardOutput, type Results } from "./results";

/** The options that every command takes. */
export interface DomainOptions {
  /** `<path>` or `<path>:<export>`. */
  readonly domain?: string;
}

/** Loads the domain that the call means, and leaves it as it is. Other faults of domain.toml are for its check to list. */
export async function loadedDomain(options: DomainOptions): Promise<Domain> {
  return await loadDomain(options.domain ?? configuredModule(process.cwd()) ?? moduleInForce());
}

/**
 * Loads the domain that the call means, does the work with it initialised, and closes it, whatever happened.
 *
 * @returns the exit status that the work ends with.
 */
export async function withDomain(
  options: DomainOptions,
  work: (domain: Domain, results: Results) => Promise<number>,
): Promise<number> {
  const results = claimStandardOutput();
  const domain = await loadDomain(options.domain ?? moduleInForce());
  try {
    await domain.init();
    const status = await work(domain, results);
    await domain.close();
    return status;
  } catch (error) {
    // What went wrong first is what the user has to know.
    await domain.close().catch(() => undefined);
    throw error;
  }
}

/** Where nothing is wrong with domain.toml. */
function moduleInForce(): string {
  const { module, file } = loadConfig({ root: process.cwd() });
  if (module !== undefined) return module;
  const found = file === undefined ? "there is no domain.toml here or above" : `${JSON.stringify(file)} has none`;
  throw new CommandError(`Which domain? Give --domain <module>, or set "module" in domain.toml: ${found}`);
}
