import { readFileSync } from "node:fs";
import Module from "node:module";

import { type CompilerSettings, compilerSettings } from "./compiler-settings";
import { resolveTypeScript } from "./resolve-typescript";
import { cacheFolder, TranspileCache } from "./transpile-cache";

const EXTENSIONS = [".ts", ".mts", ".cts", ".tsx"];

/** What Node calls to run a module, and does not document; every tool that compiles on `require` uses it. */
interface CompiledModule extends NodeJS.Module {
  _compile(code: string, file: string, format: "commonjs"): void;
}

/** How the files of the project that was registered last are transpiled. */
let transpiled: (file: string) => string = () => "";

/**
 * Lets `require` load TypeScript from now on. Every file becomes CommonJS, whatever its extension or the `type` of its package,
 * and no file is type-checked. The compiler is the one this package depends on, because a project may have no TypeScript, or a
 * version without a programming interface; it is loaded for the first file that is not kept.
 */
export function registerTypeScript(file: string, { cache, env }: { cache: boolean; env: NodeJS.ProcessEnv }): void {
  const settings = compilerSettings(file);
  const kept = cache && !env.TIDEMARK_NO_CACHE ? new TranspileCache(cacheFolder(file, env)) : undefined;
  const { version } = require("typescript/package.json") as { version: string };
  transpiled = (path) => {
    const text = readFileSync(path, "utf8");
    const transpile = () => transpileAnew(path, text, settings);
    // This package's folder is in the code of modules that use `import.meta`.
    return kept === undefined ? transpile() : kept.get(path, [text, settings, version, __dirname], transpile);
  };
  hook();
}

function transpileAnew(path: string, text: string, settings: CompilerSettings): string {
  const { transpile } = require("./transpile") as typeof import("./transpile");
  return transpile(path, text, settings);
}

let isHooked = false;

function hook(): void {
  if (isHooked) return;
  isHooked = true;
  process.setSourceMapsEnabled(true);
  for (const extension of EXTENSIONS) {
    require.extensions[extension] = (module, file) => {
      (module as CompiledModule)._compile(transpiled(file), file, "commonjs");
    };
  }
  resolveTypeScript(Module as never);
}
