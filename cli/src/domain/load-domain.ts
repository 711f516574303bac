import { existsSync, statSync } from "node:fs";
import { extname, resolve } from "node:path";

import type { Domain } from "@tidemark/core";

import { CommandError } from "../io/command-error";
import type { Io, ModuleExports } from "../io/io";
import { explainLoadError } from "./explain-load-error";
import { findDomainExport } from "./find-domain-export";
import { isModulePath } from "./load-module";

/** A domain, not yet initialised, with everything that its module exports. */
interface LoadedDomain {
  readonly domain: Domain;
  readonly exports: ModuleExports;
}

/**
 * Runs the module that a location names and returns its domain.
 * @param location `<path>` or `<path>:<export>`.
 * @throws CommandError when the module is missing, throws, or does not export exactly the domain asked for.
 */
export async function loadDomain(
  location: string,
  { cwd, loadModule }: Io,
  options: { readonly cache?: boolean } = {},
): Promise<LoadedDomain> {
  const { path, exportName } = parseDomainLocation(location, cwd);
  const refusal = (reason: string, cause?: unknown) =>
    new CommandError(`Cannot load a domain from ${JSON.stringify(path)}: ${reason}`, { cause });

  const file = resolve(cwd, path);
  const fault = pathFault(file);
  if (fault !== undefined) throw refusal(fault);
  const exports = await loadModule(file, options).catch((error: unknown) => {
    throw refusal(explainLoadError(error, cwd), error);
  });
  const found = findDomainExport(exports, exportName);
  if ("fault" in found) throw refusal(found.fault);
  return { domain: found.domain as Domain, exports };
}

/** The two parts of `--domain`: a module, and which of its exports. */
interface DomainLocation {
  readonly path: string;
  /** Absent: the only domain that the module exports. */
  readonly exportName?: string;
}

const PATH_AND_EXPORT = /^(?<path>.+):(?<exportName>[\p{ID_Start}$_][\p{ID_Continue}$]*)$/su;

/**
 * Splits `path:exportName`. The colon of a drive (`C:\bank.ts`) and the colons of a path that exists as a whole belong to the
 * path.
 */
export function parseDomainLocation(text: string, cwd: string): DomainLocation {
  const { path, exportName } = PATH_AND_EXPORT.exec(text)?.groups ?? {};
  if (path === undefined || exportName === undefined) return { path: text };
  return isDrive(path) || existsSync(resolve(cwd, text)) ? { path: text } : { path, exportName };
}

function isDrive(path: string): boolean {
  return process.platform === "win32" && /^[a-z]$/i.test(path);
}

function pathFault(file: string): string | undefined {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined) return "there is no such file";
  if (stats.isDirectory()) return "it is a folder; name the module in it";
  if (!isModulePath(file)) return `expected a TypeScript or JavaScript module, not ${JSON.stringify(extname(file))}`;
  return undefined;
}
