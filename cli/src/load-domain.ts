import { statSync } from "node:fs";
import { extname, resolve } from "node:path";

import type { Domain } from "@tidemark/core";

import { CommandError } from "./command-error";
import { parseDomainLocation } from "./domain-location";
import { explainLoadError } from "./explain-load-error";
import { findDomainExport } from "./find-domain-export";
import { isModulePath, loadModule } from "./load-module";

/**
 * Runs the module that a location names and gives its domain, not yet initialised.
 * @throws CommandError for a module that is missing, throws, or does not export exactly the domain asked for.
 */
export async function loadDomain(location: string): Promise<Domain> {
  const { path, exportName } = parseDomainLocation(location);
  const refuse = (reason: string, cause?: unknown) =>
    new CommandError(`Cannot load a domain from ${JSON.stringify(path)}: ${reason}`, { cause });

  const fault = pathFault(path);
  if (fault !== undefined) throw refuse(fault);
  const exports = await loadModule(resolve(path)).catch((error: unknown) => {
    throw refuse(explainLoadError(error), error);
  });
  const found = findDomainExport(exports, exportName);
  if ("fault" in found) throw refuse(found.fault);
  return found.domain as Domain;
}

function pathFault(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return "there is no such file";
  if (stats.isDirectory()) return "it is a folder; name the module in it";
  if (!isModulePath(path)) return `expected a TypeScript or JavaScript module, not ${JSON.stringify(extname(path))}`;
  return undefined;
}
