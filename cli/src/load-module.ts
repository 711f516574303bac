import { realpathSync } from "node:fs";
import { extname } from "node:path";
import { pathToFileURL } from "node:url";

export type ModuleExports = Readonly<Record<string, unknown>>;

const TYPESCRIPT: ReadonlySet<string> = new Set([".ts", ".mts", ".cts", ".tsx"]);
const JAVASCRIPT: ReadonlySet<string> = new Set([".js", ".mjs", ".cjs"]);

/** Whether a file's name is that of a module which `loadModule` can run. */
export function isModulePath(path: string): boolean {
  return TYPESCRIPT.has(extname(path)) || JAVASCRIPT.has(extname(path));
}

/**
 * Runs a module and gives its exports; a CommonJS one's `module.exports`.
 * @throws whatever the module throws.
 */
export async function loadModule(path: string): Promise<ModuleExports> {
  const file = realpathSync(path);
  if (TYPESCRIPT.has(extname(file))) {
    const { registerTypeScript } = require("./register-typescript") as typeof import("./register-typescript");
    registerTypeScript(file);
    return require(file);
  }
  const namespace = await import(pathToFileURL(file).href);
  // Imported, a CommonJS module shows only the names that Node can guess from its text; the cache has them all.
  return require.cache[file]?.exports ?? namespace;
}
