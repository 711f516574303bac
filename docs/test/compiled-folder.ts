import { readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import ts from "typescript";

/** A folder of TypeScript modules, each with what it compiles to beside it. */
export class CompiledFolder {
  private readonly texts = new Map<string, string>();

  constructor(private readonly folder: string) {}

  /** Compiles, without a look at types, what has changed since the last time. */
  update(): void {
    for (const name of readdirSync(this.folder)) {
      if (!name.endsWith(".ts")) continue;
      const path = join(this.folder, name);
      const text = readFileSync(path, "utf8");
      if (this.texts.get(path) === text) continue;
      this.texts.set(path, text);
      const { outputText } = ts.transpileModule(text, { compilerOptions: this.options(), fileName: path });
      writeFileSync(compiled(path), outputText);
    }
  }

  /** Runs a module, and those beside it that it imports, anew. They share the packages of the tests. */
  load(path: string): Record<string, unknown> {
    const entry = realpathSync(compiled(path));
    const folder = dirname(entry) + sep;
    const modules = new Map<string, { exports: Record<string, unknown> }>();
    const load = (file: string): Record<string, unknown> => {
      const known = modules.get(file);
      if (known !== undefined) return known.exports;
      const module = { exports: {} };
      modules.set(file, module);
      const { resolve } = createRequire(file);
      const requireFrom = (specifier: string): unknown => {
        const target = specifier.startsWith(".") ? resolve(specifier) : "";
        return target.startsWith(folder) ? load(target) : require(specifier);
      };
      const body = readFileSync(file, "utf8");
      const names = ["module", "exports", "require", "__filename", "__dirname"];
      new Function(...names, body)(module, module.exports, requireFrom, file, dirname(file));
      return module.exports;
    };
    return load(entry);
  }

  private options(): ts.CompilerOptions {
    const { config } = ts.readConfigFile(join(this.folder, "tsconfig.json"), ts.sys.readFile);
    const { options } = ts.convertCompilerOptionsFromJson(config?.compilerOptions ?? {}, this.folder);
    // The modules that "node16" makes in a folder without a package.json, with the defaults that it brings.
    return { ...options, module: ts.ModuleKind.CommonJS, esModuleInterop: true };
  }
}

function compiled(path: string): string {
  return path.replace(/\.ts$/, ".js");
}
