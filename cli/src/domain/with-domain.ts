import type { Domain } from "@tidemark/core";

import { CommandError } from "../io/command-error";
import type { Io, ModuleExports } from "../io/io";
import { Results } from "../printing/results";
import { core } from "./core";
import { loadDomain } from "./load-domain";

/** The options that every command on a domain takes. */
export interface DomainOptions {
  /** `<path>` or `<path>:<export>`. */
  readonly domain?: string;
  /** False: transpile every file anew. */
  readonly cache?: boolean;
  /** Print JSON documents instead of text. */
  readonly json?: boolean;
}

type ModuleOptions = Pick<DomainOptions, "domain" | "cache">;

/**
 * Loads the domain that the call names, initialises it, does the work, and closes the domain, also after an error.
 *
 * @returns the exit status that the work returns.
 */
export async function withDomain(
  io: Io,
  { domain: location, cache = true }: ModuleOptions,
  work: (domain: Domain, results: Results, exports: ModuleExports) => Promise<number>,
): Promise<number> {
  const { domain, exports } = await loadDomain(location ?? moduleInForce(io), io, { cache });
  try {
    // A tool that looks at a domain must not run its event handlers.
    await domain.init({ embedded: false });
    const status = await work(domain, new Results(io.stdout), exports);
    await domain.close();
    return status;
  } catch (error) {
    // The user needs the first error; one from closing after it would hide it.
    await domain.close().catch(() => undefined);
    throw error;
  }
}

/**
 * Loads the domain that the call names and does not initialise it. Faults of domain.toml do not prevent that, as long as it names
 * the module: the command reports them itself.
 */
export async function loadedDomain(io: Io, { domain: location, cache = true }: ModuleOptions): Promise<Domain> {
  const module = location ?? core.config.configuredModule(io.cwd, io.env) ?? moduleInForce(io);
  return (await loadDomain(module, io, { cache })).domain;
}

/** @throws ConfigurationError for a domain.toml with faults; CommandError when no module is configured. */
function moduleInForce({ cwd, env }: Io): string {
  const { module, file } = core.config.loadConfig({ root: cwd, env });
  if (module !== undefined) return module;
  const found =
    file === undefined ? "there is no domain.toml here or above" : `${JSON.stringify(file)} sets no "module"`;
  throw new CommandError(`Cannot choose a domain: ${found}; give --domain <module>, or set "module" in domain.toml`);
}
