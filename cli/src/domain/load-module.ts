import { realpathSync } from "node:fs";
import { extname } from "node:path";
import { pathToFileURL } from "node:url";

import type { ModuleExports } from "../io/io";

const TYPESCRIPT: ReadonlySet<string> = new Set([".ts", ".mts", ".cts", ".tsx"]);
const JAVASCRIPT: ReadonlySet<string> = new Set([".js", ".mjs", ".cjs"]);

/** Returns whether `loadModule` can run a file with this name. */
export function isModulePath(path: string): boolean {
  return TYPESCRIPT.has(extname(path)) || JAVASCRIPT.has(extname(path));
}

/**
 * Runs a TypeScript or JavaScript module and returns its exports.
 * @throws whatever the module throws.
 */
export async function loadModule(path: string, { cache = true }: { cache?: boolean } = {}): Promise<ModuleExports> {
  const file = realpathSync(path);
  if (TYPESCRIPT.has(extname(file))) {
    const { registerTypeScript } =
      require("../typescript/register-typescript") as typeof import("../typescript/register-typescript");
    registerTypeScript(file, { cache, env: process.env });
    return require(file);
  }
  const namespace = await import(pathToFileURL(file).href);
  // The namespace of an imported CommonJS module has only the names that Node finds in its text; the cache has all of them.
  return require.cache[file]?.exports ?? namespace;
}
